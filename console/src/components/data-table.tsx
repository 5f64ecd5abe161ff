// A page of rows from the server: filters and page number in the address, actions for each row and for several, an empty state that
// says how the first row comes. Only the rows of one page are ever here, so it is as quick with 100,000 of them as with ten. On a phone a
// row is a card.

import { MoreOutlined } from '@ant-design/icons'
import { keepPreviousData } from '@tanstack/react-query'
import { Button, Dropdown, Flex, Pagination, Select, Spin, Table } from 'antd'
import { cloneElement, type Key as ReactKey, type ReactNode, useRef, useState } from 'react'
import { useAsk } from '../api/query.ts'
import type { Answer, Input, PageKey, Params, Query, RecordOf } from '../api/types.ts'
import { useIsPhone } from '../shell/shell.tsx'
import { useText } from '../text/text.ts'
import { cleared, type Filter, Filters } from './filters.tsx'
import { Nothing } from './nothing.tsx'
import { Panel } from './panel.tsx'
import { Problem } from './problem.tsx'
import { useUrlState } from './url-state.ts'

export interface Column<Row> {
  readonly title: string
  render(row: Row): ReactNode
  /** Numbers stand at the right, in figures of equal width. */
  readonly isNumber?: boolean
  readonly width?: number
  /** So that its words are not squeezed by others, which part nowhere. */
  readonly minWidth?: number
  /** The field that the server sorts by when the title is clicked. */
  readonly sort?: string
}

export interface Action {
  readonly label: string
  readonly danger?: boolean
  onClick(): void
}

interface DataTableProps<K extends PageKey> {
  readonly of: K
  /** What the table holds, for screen readers. */
  readonly label: string
  /** The first is what a row is called by; it leads to its page, where there is one. */
  readonly columns: readonly Column<RecordOf<K>>[]
  readonly filters?: readonly Filter[]
  /** Stands before the filters: a range of time. */
  readonly lead?: ReactNode
  /** Of the path, where it names one thing. */
  readonly params?: Params<K>
  /** What is always asked for besides the filters. */
  readonly query?: Query<K>
  /** Those that the person may do to this row. */
  actions?(row: RecordOf<K>): readonly Action[]
  /** What can be done to several rows at once; `clear` gives the selection up. */
  bulk?(rows: readonly RecordOf<K>[], clear: () => void): ReactNode
  /** What the box is called by which a row is chosen for that; absent: its key. */
  nameOf?(row: RecordOf<K>): string
  readonly empty: { readonly title: string; readonly text: string; readonly action?: ReactNode }
  rowKey?(row: RecordOf<K>): ReactKey
  readonly refetchInterval?: number
  /** What is to be said of this page, above its rows. */
  note?(page: Answer<K>): ReactNode
}

const usualSize = '20'

export function DataTable<K extends PageKey>(props: DataTableProps<K>) {
  const { of, params, label, columns, filters = [], lead, query, actions, bulk, empty, refetchInterval } = props
  const t = useText('common')
  const isPhone = useIsPhone()
  const [values, change] = useUrlState()
  const [chosen, setChosen] = useState<readonly RecordOf<K>[]>([])
  const current = values.current ?? '1'
  const size = values.size ?? usualSize
  const narrowed = Object.fromEntries(filters.map(({ name }) => [name, values[name]]))
  const asked = useAsk(of, { params, query: { ...query, ...narrowed, sort: values.sort, current, size } } as unknown as Input<K>, {
    placeholderData: keepPreviousData as never,
    ...(refetchInterval ? { refetchInterval } : {}),
  })
  const page = asked.data as
    | { readonly total: number; readonly records: readonly RecordOf<K>[]; readonly totalCapped?: boolean }
    | undefined
  const isWaiting = asked.isPending || asked.isPlaceholderData
  const keyOf = props.rowKey ?? ((row: RecordOf<K>) => (row as { id: number }).id)
  const sortBy = (sort: string | undefined) => change({ sort, current: undefined })
  const isNarrowed = filters.some(({ name }) => values[name])

  const hasFilters = filters.length > 0 || lead !== undefined
  if (asked.error && !page && !hasFilters) return <Problem error={asked.error} retry={asked.refetch} />
  if (page?.total === 0 && !isNarrowed && lead === undefined) return <Nothing {...empty} />
  const nothing = !isNarrowed ? (
    <Nothing {...empty} />
  ) : (
    <Nothing
      title={t('nothingFound')}
      text={t('nothingFoundHint')}
      action={<Button onClick={() => change(cleared(filters), { replace: true })}>{t('clearFilters')}</Button>}
    />
  )
  return (
    <Flex vertical gap={12}>
      {hasFilters && <Filters filters={filters} lead={lead} />}
      {asked.error && <Problem error={asked.error} retry={asked.refetch} />}
      {asked.data && props.note?.(asked.data)}
      {bulk && chosen.length > 0 && (
        <Flex wrap gap={8} align="center">
          {bulk(chosen, () => setChosen([]))}
        </Flex>
      )}
      {isPhone && <SortSelect columns={columns} value={values.sort} onChange={sortBy} />}
      {isPhone ? (
        <Spin spinning={isWaiting}>
          {page?.records.length === 0 ? nothing : <Cards columns={columns} rows={page?.records ?? []} keyOf={keyOf} actions={actions} />}
        </Spin>
      ) : (
        <Panel isFlush>
          <Table<RecordOf<K> & object>
            aria-label={label}
            aria-busy={isWaiting}
            size="middle"
            dataSource={(page?.records ?? []) as readonly (RecordOf<K> & object)[]}
            rowKey={keyOf}
            loading={{ spinning: isWaiting, delay: 150 }}
            pagination={false}
            onChange={(_, __, sorted) => sortBy(sortOf(columns, sorted))}
            locale={{ emptyText: page ? nothing : ' ' }}
            {...(bulk
              ? {
                  rowSelection: {
                    selectedRowKeys: chosen.map(keyOf),
                    onChange: (_: unknown, rows: RecordOf<K>[]) => setChosen(rows),
                    getCheckboxProps: (row: RecordOf<K>) => ({ 'aria-label': props.nameOf?.(row) ?? String(keyOf(row)) }) as object,
                    getTitleCheckboxProps: () => ({ 'aria-label': t('all') }) as object,
                  },
                }
              : {})}
            columns={[
              ...columns.map(({ title, render, isNumber, width, minWidth, sort }, at) => ({
                title,
                key: title,
                ...(sort ? { sorter: true, sortOrder: orderOf(sort, values.sort), showSorterTooltip: false } : {}),
                ...(width ? { width } : {}),
                // What a row is called by is read first; long words of others do not squeeze it.
                ...(at === 0 || minWidth ? { minWidth: minWidth ?? 160 } : {}),
                ...(isNumber ? { align: 'right' as const, className: 'numbers' } : {}),
                render: (_: unknown, row: RecordOf<K>) => render(row),
              })),
              ...(actions
                ? [
                    {
                      title: t('actions'),
                      key: 'actions',
                      align: 'right' as const,
                      width: 64,
                      render: (_: unknown, row: RecordOf<K>) => <RowActions actions={actions(row)} />,
                    },
                  ]
                : []),
            ]}
          />
        </Panel>
      )}
      {page && page.total > 0 && (
        <Pagination
          align="end"
          size={isPhone ? 'small' : 'middle'}
          simple={isPhone}
          current={Number(current)}
          pageSize={Number(size)}
          total={page.total}
          showSizeChanger={!isPhone}
          pageSizeOptions={[10, 20, 50, 100, 200]}
          showTotal={(count) => (
            <span className="numbers">{t('total', { number: `${count.toLocaleString()}${page.totalCapped ? '+' : ''}` })}</span>
          )}
          onChange={(to, by) => change({ current: String(to), size: by === Number(usualSize) ? undefined : String(by) })}
        />
      )}
    </Flex>
  )
}

function orderOf(field: string, sort: string | undefined): 'ascend' | 'descend' | null {
  if (sort === field) return 'ascend'
  return sort === `-${field}` ? 'descend' : null
}

interface Sorted {
  readonly columnKey?: ReactKey | undefined
  readonly order?: 'ascend' | 'descend' | null | undefined
}

function sortOf<Row>(columns: readonly Column<Row>[], sorted: Sorted | readonly Sorted[]): string | undefined {
  const { columnKey, order } = [sorted].flat()[0] ?? {}
  const field = columns.find(({ title }) => title === columnKey)?.sort
  return field && order ? `${order === 'descend' ? '-' : ''}${field}` : undefined
}

interface SortSelectProps<Row> {
  readonly columns: readonly Column<Row>[]
  readonly value: string | undefined
  onChange(sort: string | undefined): void
}

/** Cards have no titles to click. */
function SortSelect<Row>({ columns, value, onChange }: SortSelectProps<Row>) {
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

/** The menu is made when it is first opened: a page of 200 rows would else make 200 of them each time that it is turned. */
function RowActions({ actions }: { readonly actions: readonly Action[] }) {
  const t = useText('common')
  const [isUsed, setUsed] = useState(false)
  const [isOpen, setOpen] = useState(false)
  const trigger = useRef<HTMLButtonElement>(null)
  if (actions.length === 0) return null
  const use = () => {
    setUsed(true)
    setOpen(true)
  }
  const button = (
    <Button ref={trigger} type="text" size="small" icon={<MoreOutlined />} aria-label={t('more')} aria-haspopup="menu" autoFocus={isUsed} />
  )
  if (!isUsed) return cloneElement(button, { onClick: use })
  // What is asked then gives the focus back to who had it: the button, for the menu is gone.
  const act =
    (onClick: () => void) =>
    ({ domEvent }: { readonly domEvent: { preventDefault(): void } }) => {
      // Else Enter would press the button too.
      domEvent.preventDefault()
      trigger.current?.focus()
      onClick()
    }
  const items = actions.map(({ label, danger, onClick }) => ({ key: label, label, danger: danger ?? false, onClick: act(onClick) }))
  return (
    <Dropdown autoFocus open={isOpen} onOpenChange={setOpen} trigger={['click']} menu={{ items }}>
      {button}
    </Dropdown>
  )
}

interface CardsProps<Row> {
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  keyOf(row: Row): ReactKey
  readonly actions: ((row: Row) => readonly Action[]) | undefined
}

function Cards<Row>({ columns: [name, ...columns], rows, keyOf, actions }: CardsProps<Row>) {
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
