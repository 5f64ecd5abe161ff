// A page of rows from the server: filters and page number in the address, actions for each row and for several, an empty state that
// says how the first row comes. Only the rows of one page are ever here, so it is as quick with 100,000 of them as with ten. On a phone a
// row is a card.

import { keepPreviousData } from '@tanstack/react-query'
import { Button, Flex, Pagination, Spin } from 'antd'
import { type Key as ReactKey, type ReactNode, useState } from 'react'
import { useAsk } from '../api/query.ts'
import type { Answer, Input, PageKey, Params, Query, RecordOf } from '../api/types.ts'
import { useIsPhone } from '../shell/shell.tsx'
import { useText } from '../text/text.ts'
import { Cards, SortSelect } from './data-cards.tsx'
import { type Column, DataRows } from './data-rows.tsx'
import { cleared, type Filter, Filters } from './filters.tsx'
import { Nothing } from './nothing.tsx'
import { Panel } from './panel.tsx'
import { Problem } from './problem.tsx'
import type { Action } from './row-actions.tsx'
import { useUrlState } from './url-state.ts'

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
  const [chosenKeys, setChosen] = useState<ReadonlySet<ReactKey>>(new Set())
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
  // What is done to rows is done to those that one sees, as they are now.
  const chosen = page?.records.filter((row) => chosenKeys.has(keyOf(row))) ?? []
  const sortBy = (sort: string | undefined) => change({ sort, current: undefined })
  const isNarrowed = filters.some(({ name }) => values[name])

  const hasFilters = filters.length > 0 || lead !== undefined
  if (asked.error && !page && !hasFilters) return <Problem error={asked.error} retry={asked.refetch} />
  // That nothing was found is told of these filters, not of those before.
  const isEmpty = page?.total === 0 && !asked.isPlaceholderData
  if (isEmpty && !isNarrowed && lead === undefined) return <Nothing {...empty} />
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
        <Flex wrap gap={8} align="center" className={isPhone ? 'data-cards-bulk' : ''}>
          {bulk(chosen, () => setChosen(new Set()))}
        </Flex>
      )}
      {isPhone && <SortSelect columns={columns} value={values.sort} onChange={sortBy} />}
      {isPhone ? (
        <Spin spinning={isWaiting}>
          {page?.records.length === 0 && !asked.isPlaceholderData ? (
            nothing
          ) : (
            <Cards
              columns={columns}
              rows={page?.records ?? []}
              keyOf={keyOf}
              actions={actions}
              chosen={bulk && chosenKeys}
              choose={setChosen}
              nameOf={props.nameOf}
            />
          )}
        </Spin>
      ) : (
        <Panel isFlush>
          <Spin spinning={isWaiting} delay={150}>
            <DataRows
              label={label}
              columns={columns}
              rows={page?.records}
              keyOf={keyOf}
              empty={nothing}
              actions={actions}
              chosen={bulk && chosenKeys}
              choose={setChosen}
              nameOf={props.nameOf}
              sort={values.sort}
              sortBy={sortBy}
              areOld={asked.isPlaceholderData}
              isBusy={isWaiting}
            />
          </Spin>
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
