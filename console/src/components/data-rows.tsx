// The rows of a page as a table of plain elements. Half of the time that the turning of a page took was that of antd's table and its cells,
// for much that no list here has.

import { type Key, memo, type ReactNode } from 'react'
import { useText } from '../text/text.ts'
import { BoxOfAll, BoxOfRow } from './choice.tsx'
import { type Action, RowActions } from './row-actions.tsx'
import './data-rows.css'

export interface Column<Row> {
  readonly title: string
  render(row: Row): ReactNode
  /** Numbers stand at the right, in figures of equal width. */
  readonly isNumber?: boolean
  /** Stays on one line, because it is short: a column beside it that is long gives way. */
  readonly isShort?: boolean
  readonly width?: number
  /** So that its words are not squeezed by others, which part nowhere. */
  readonly minWidth?: number
  /** The field that the server sorts by when the title is clicked. */
  readonly sort?: string
}

export interface DataRowsProps<Row> {
  /** What the table holds, for screen readers. */
  readonly label: string
  /** The first is what a row is called by. */
  readonly columns: readonly Column<Row>[]
  /** Undefined until they are there. */
  readonly rows: readonly Row[] | undefined
  keyOf(row: Row): Key
  /** In the place of rows. */
  readonly empty: ReactNode
  readonly actions: ((row: Row) => readonly Action[]) | undefined
  /** The keys of the rows that are chosen; absent: none can be. */
  readonly chosen: ReadonlySet<Key> | undefined
  choose(keys: ReadonlySet<Key>): void
  /** What the box of a row is called; absent: its key. */
  readonly nameOf: ((row: Row) => string) | undefined
  /** The field of a column, with a minus before it for the greatest first. */
  readonly sort: string | undefined
  sortBy(sort: string | undefined): void
  /** They are of the page before, until those of this one come. */
  readonly areOld: boolean
  /** Others are on their way. */
  readonly isBusy: boolean
}

export function DataRows<Row>(props: DataRowsProps<Row>) {
  const { label, columns, rows = [], keyOf, actions, chosen, choose, sort, sortBy, isBusy } = props
  const t = useText('common')
  return (
    <table className="data-rows" aria-label={label} aria-busy={isBusy}>
      <thead>
        <tr>
          {chosen && (
            <th className="data-rows-box">
              <BoxOfAll keys={rows.map(keyOf)} chosen={chosen} choose={choose} />
            </th>
          )}
          {columns.map((column, at) => (
            <Title key={column.title} of={column} isName={at === 0} sort={sort} sortBy={sortBy} />
          ))}
          {actions && (
            <th scope="col" className="data-rows-actions">
              {t('actions')}
            </th>
          )}
        </tr>
      </thead>
      <Body {...props} />
    </table>
  )
}

interface TitleProps<Row> extends Pick<DataRowsProps<Row>, 'sort' | 'sortBy'> {
  readonly of: Column<Row>
  readonly isName: boolean
}

/** What a row is called by is read first; long words of others do not squeeze it. */
const nameMinWidth = 160

function Title<Row>({ of, isName, sort, sortBy }: TitleProps<Row>) {
  const { title, isNumber, width, minWidth = isName ? nameMinWidth : undefined } = of
  const order = orderOf(of.sort, sort)
  const next = { none: of.sort, ascending: `-${of.sort}`, descending: undefined }[order]
  return (
    <th scope="col" className={isNumber ? 'numbers' : ''} style={{ width, minWidth }} {...(order === 'none' ? {} : { 'aria-sort': order })}>
      {of.sort ? (
        <button type="button" onClick={() => sortBy(next)}>
          {title}
          <span className="data-rows-order" aria-hidden="true" />
        </button>
      ) : (
        title
      )}
    </th>
  )
}

function orderOf(field: string | undefined, sort: string | undefined): 'none' | 'ascending' | 'descending' {
  if (field === undefined || sort === undefined) return 'none'
  return sort === field ? 'ascending' : sort === `-${field}` ? 'descending' : 'none'
}

/** Rows that are about to go are not made once more. */
const Body = memo(Rows, (_, { areOld }) => areOld) as typeof Rows

function Rows<Row>({ columns, rows, keyOf, empty, actions, chosen, choose, nameOf }: DataRowsProps<Row>) {
  if (!rows || rows.length === 0) {
    return (
      <tbody>
        <tr>
          <td className="data-rows-none" colSpan={columns.length + (chosen ? 1 : 0) + (actions ? 1 : 0)}>
            {rows && empty}
          </td>
        </tr>
      </tbody>
    )
  }
  return (
    <tbody>
      {rows.map((row) => {
        const key = keyOf(row)
        return (
          <tr key={key} data-row-key={key} className={chosen?.has(key) ? 'data-rows-chosen' : ''}>
            {chosen && (
              <td className="data-rows-box">
                <BoxOfRow of={key} name={nameOf?.(row)} chosen={chosen} choose={choose} />
              </td>
            )}
            {columns.map(({ title, render, isNumber, isShort }) => (
              <td key={title} className={isNumber ? 'numbers' : isShort ? 'data-rows-short' : ''}>
                {render(row)}
              </td>
            ))}
            {actions && (
              <td className="data-rows-actions">
                <RowActions actions={actions(row)} />
              </td>
            )}
          </tr>
        )
      })}
    </tbody>
  )
}
