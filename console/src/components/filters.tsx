// What narrows a table: a text contained, or one of some options. `/` goes to the first text.

import { SearchOutlined } from '@ant-design/icons'
import { Button, Flex, Input, type InputRef, Select } from 'antd'
import { Fragment, type ReactNode, useEffect, useRef } from 'react'
import { useText } from '../text/text.ts'
import { useTyped } from './typed.ts'
import { useUrlState } from './url-state.ts'

export interface Filter {
  /** Of the parameter in the address and in the request. */
  readonly name: string
  readonly label: string
  readonly options?: readonly { readonly value: string; readonly label: string }[]
  /** What a text has to be like before it is asked for. */
  readonly pattern?: RegExp
  /** What it is chosen with, if neither a text nor some options. */
  readonly control?: (value: string | undefined, narrow: (value: string | undefined) => void) => ReactNode
}

/** `lead` stands before them. */
export function Filters({ filters, lead }: { readonly filters: readonly Filter[]; readonly lead?: ReactNode }) {
  const t = useText('common')
  const [values, change] = useUrlState()
  const firstText = filters.find(({ options, control }) => !options && !control)
  const narrow = (name: string, value: string | undefined) => change({ [name]: value, current: undefined }, { replace: true })
  const isNarrowed = filters.some(({ name }) => values[name])
  return (
    <Flex wrap gap={8} role="search">
      {lead}
      {filters.map((filter) =>
        filter.control ? (
          <Fragment key={filter.name}>{filter.control(values[filter.name], (value) => narrow(filter.name, value))}</Fragment>
        ) : filter.options ? (
          <Select
            key={filter.name}
            aria-label={filter.label}
            style={{ minWidth: 140, flex: '0 1 auto' }}
            value={values[filter.name] ?? ''}
            onChange={(value) => narrow(filter.name, value)}
            options={[{ value: '', label: `${filter.label}: ${t('all')}` }, ...filter.options]}
          />
        ) : (
          <TextFilter
            key={filter.name}
            filter={filter}
            value={values[filter.name] ?? ''}
            narrow={(value) => narrow(filter.name, value)}
            isFirst={filter === firstText}
          />
        ),
      )}
      {isNarrowed && (
        <Button type="link" onClick={() => change(cleared(filters), { replace: true })}>
          {t('clearFilters')}
        </Button>
      )}
    </Flex>
  )
}

export function cleared(filters: readonly Filter[]) {
  return Object.fromEntries([...filters.map(({ name }) => [name, undefined]), ['current', undefined]])
}

interface TextFilterProps {
  readonly filter: Filter
  readonly value: string
  narrow(value: string): void
  readonly isFirst: boolean
}

/** Waits until one has stopped typing. */
const pauseMs = 300

function TextFilter({ filter, value, narrow, isFirst }: TextFilterProps) {
  const [typed, type] = useTyped(value, narrow)
  const input = useRef<InputRef>(null)
  useEffect(() => {
    if (!isFirst) return
    const onKey = (event: KeyboardEvent) => {
      const { target } = event
      const isTyping = target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      input.current?.focus()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [isFirst])
  const isWhole = (text: string) => text === '' || (filter.pattern?.test(text) ?? true)
  const change = (text: string, wait: number) => type(text, isWhole(text.trim()) ? text.trim() : undefined, wait)
  return (
    <Input
      ref={input}
      style={{ flex: '1 1 140px', maxWidth: 240 }}
      prefix={<SearchOutlined />}
      placeholder={filter.label}
      aria-label={filter.label}
      allowClear
      status={isWhole(typed.trim()) ? '' : 'warning'}
      value={typed}
      onChange={({ target }) => change(target.value, target.value === '' ? 0 : pauseMs)}
      onPressEnter={() => change(typed, 0)}
    />
  )
}
