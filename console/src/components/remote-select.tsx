// Chooses one or several of many things, by searching them at the server: only what is found is ever here.

import { keepPreviousData } from '@tanstack/react-query'
import { Select } from 'antd'
import { type CSSProperties, type KeyboardEvent, useRef, useState } from 'react'
import { useAsk } from '../api/query.ts'
import type { Input, PageKey, Query, RecordOf } from '../api/types.ts'
import { useText } from '../text/text.ts'

interface RemoteSelectProps<K extends PageKey> {
  readonly of: K
  /** The parameter of the request that a typed text is sent as. */
  readonly by: keyof NonNullable<Query<K>> & string
  readonly query?: Query<K>
  labelOf(row: RecordOf<K>): string
  /** What is not to be chosen again. */
  readonly without?: readonly number[]
  readonly multiple?: boolean
  readonly placeholder?: string
  /** For screen readers, where no `Form.Item` says it. */
  readonly label?: string
  readonly style?: CSSProperties
  /** What the chosen one is called, until a search finds it. */
  readonly chosenName?: string | undefined
  /** Not where the server keeps what it has when none is given. */
  readonly allowClear?: boolean
  /** From `Form.Item`. */
  readonly id?: string
  readonly value?: number | number[]
  onChange?(value: number | number[] | undefined): void
}

const pauseMs = 250
const shownMax = 50

export function RemoteSelect<K extends PageKey>(props: RemoteSelectProps<K>) {
  const {
    of,
    by,
    query,
    labelOf,
    without = [],
    multiple = false,
    placeholder,
    label,
    style,
    chosenName,
    allowClear = true,
    id,
    value,
    onChange,
  } = props
  const t = useText('common')
  const [typed, setTyped] = useState('')
  const [searched, setSearched] = useState('')
  const waiting = useRef<number>(undefined)
  const { data, isFetching, isPlaceholderData } = useAsk(
    of,
    { query: { ...query, [by]: searched, size: shownMax } } as unknown as Input<K>,
    {
      placeholderData: keepPreviousData as never,
    },
  )
  const rows = ((data as { records: RecordOf<K>[] } | undefined)?.records ?? []).map((row) => ({
    value: (row as { id: number }).id,
    label: labelOf(row),
  }))
  const isSearching = typed !== searched || isPlaceholderData
  // What was chosen stays readable when the next search does not find it.
  const known = useRef(new Map<number, string>())
  for (const row of rows) known.current.set(row.value, row.label)
  const chosen = value === undefined ? [] : [value].flat()
  const kept = chosen
    .filter((one) => !rows.some((row) => row.value === one))
    .map((one) => ({ value: one, label: known.current.get(one) ?? chosenName ?? String(one) }))
  function search(text: string) {
    setTyped(text.trim())
    window.clearTimeout(waiting.current)
    waiting.current = window.setTimeout(() => setSearched(text.trim()), pauseMs)
  }
  // What stands in the list was found for what was typed before: Enter would choose the first of that.
  function wait(event: KeyboardEvent) {
    if (event.key !== 'Enter' || !isSearching) return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <Select
      id={id}
      aria-label={label}
      {...(style ? { style } : {})}
      {...(multiple ? { mode: 'multiple' as const } : {})}
      showSearch={{ filterOption: false, onSearch: search }}
      onInputKeyDown={wait}
      allowClear={allowClear}
      value={value ?? (multiple ? [] : undefined)}
      onChange={(changed) => onChange?.(changed as number | number[] | undefined)}
      placeholder={placeholder ?? t('typeToSearch')}
      loading={isFetching}
      notFoundContent={isSearching || isFetching ? t('loading') : t('nothingFound')}
      options={[...rows.filter((row) => !without.includes(row.value)), ...kept]}
    />
  )
}
