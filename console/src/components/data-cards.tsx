// The rows of a page on a phone: a card each, and in the place of titles to click a choice of what they are sorted by. A card is chosen by its
// box, as a row is.

import { Flex, Select } from 'antd'
import { useText } from '../text/text.ts'
import { BoxOfAll, BoxOfRow } from './choice.tsx'
import type { Column, DataRowsProps } from './data-rows.tsx'
import { Panel } from './panel.tsx'
import { RowActions } from './row-actions.tsx'
import './data-cards.css'

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

interface CardsProps<Row> extends Pick<DataRowsProps<Row>, 'columns' | 'keyOf' | 'actions' | 'chosen' | 'choose' | 'nameOf'> {
  readonly rows: readonly Row[]
}

export function Cards<Row>({ columns: [name, ...columns], rows, keyOf, actions, chosen, choose, nameOf }: CardsProps<Row>) {
  const t = useText('common')
  return (
    <Flex vertical gap={8}>
      {chosen && rows.length > 0 && (
        // biome-ignore lint/a11y/noLabelWithoutControl: the box is in it
        <label className="data-cards-all">
          <BoxOfAll keys={rows.map(keyOf)} chosen={chosen} choose={choose} />
          {t('all')}
        </label>
      )}
      <Flex vertical gap={8} component="ul" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {rows.map((row) => {
          const key = keyOf(row)
          return (
            <li key={key} className={chosen?.has(key) ? 'data-cards-chosen' : ''}>
              <Panel>
                <Flex align="flex-start" gap={8}>
                  {chosen && (
                    // biome-ignore lint/a11y/noLabelWithoutControl: the box is in it
                    <label className="data-cards-choose">
                      <BoxOfRow of={key} name={nameOf?.(row)} chosen={chosen} choose={choose} />
                    </label>
                  )}
                  <div style={{ flex: 1, minWidth: 0, fontWeight: 600, overflowWrap: 'anywhere' }}>{name?.render(row)}</div>
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
          )
        })}
      </Flex>
    </Flex>
  )
}
