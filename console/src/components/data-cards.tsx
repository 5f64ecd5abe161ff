// The rows of a page on a phone: a card each, and in the place of titles to click a choice of what they are sorted by.

import { Flex, Select } from 'antd'
import type { Key } from 'react'
import { useText } from '../text/text.ts'
import type { Column } from './data-rows.tsx'
import { Panel } from './panel.tsx'
import { type Action, RowActions } from './row-actions.tsx'

interface SortSelectProps<Row> {
  readonly columns: readonly Column<Row>[]
  readonly value: string | undefined
  onChange(sort: string | undefined): void
}

/** Cards have no titles to click. */
export function SortSelect<Row>({ columns, value, onChange }: SortSelectProps<Row>) {
  const t = useText('common')
  const sortable = columns.flatMap(({ title, sort }) => (sort ? [{ title, sort }] : []))
  if (sortable.length === 0) return null
  const options = sortable.flatMap(({ title, sort }) => [
    { value: sort, label: t('ascending', { title }) },
    { value: `-${sort}`, label: t('descending', { title }) },
  ])
  return (
    <Select
      aria-label={t('sortedBy')}
      placeholder={t('sortedBy')}
      allowClear
      options={options}
      value={value ?? null}
      onChange={(sort) => onChange(sort ?? undefined)}
    />
  )
}

interface CardsProps<Row> {
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  keyOf(row: Row): Key
  readonly actions: ((row: Row) => readonly Action[]) | undefined
}

export function Cards<Row>({ columns: [name, ...columns], rows, keyOf, actions }: CardsProps<Row>) {
  return (
    <Flex vertical gap={8} component="ul" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
      {rows.map((row) => (
        <li key={keyOf(row)}>
          <Panel>
            <Flex justify="space-between" align="flex-start" gap={8}>
              <div style={{ fontWeight: 600, overflowWrap: 'anywhere' }}>{name?.render(row)}</div>
              {actions && <RowActions actions={actions(row)} />}
            </Flex>
            <dl style={{ display: 'grid', gridTemplateColumns: 'auto minmax(0, 1fr)', gap: '4px 16px', margin: '8px 0 0' }}>
              {columns.map(({ title, render, isNumber }) => (
                <div key={title} style={{ display: 'contents' }}>
                  <dt style={{ color: 'var(--ant-color-text-description)' }}>{title}</dt>
                  <dd className={isNumber ? 'numbers' : ''} style={{ margin: 0, overflowWrap: 'anywhere', textAlign: 'end' }}>
                    {render(row)}
                  </dd>
                </div>
              ))}
            </dl>
          </Panel>
        </li>
      ))}
    </Flex>
  )
}
