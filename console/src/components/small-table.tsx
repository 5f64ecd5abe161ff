// A few rows that are here already, without pages or filters: a plain table, which weighs nothing. On a phone a row of more than two
// columns is a card, with its numbers beside each other.

import type { Key, ReactNode } from 'react'
import { useIsPhone } from '../shell/shell.tsx'
import { Panel } from './panel.tsx'
import './small-table.css'

export interface SmallColumn<Row> {
  readonly title: string
  render(row: Row): ReactNode
  readonly isNumber?: boolean
}

interface SmallTableProps<Row> {
  readonly title: ReactNode
  /** What the table holds, for screen readers. */
  readonly label: string
  readonly extra?: ReactNode
  /** The first is what a row is called by. */
  readonly columns: readonly SmallColumn<Row>[]
  readonly rows: readonly Row[]
  keyOf(row: Row): Key
  /** In the place of a table without rows. */
  readonly empty?: ReactNode
}

export function SmallTable<Row>(props: SmallTableProps<Row>) {
  const { title, extra, columns, rows, empty } = props
  const isPhone = useIsPhone()
  return (
    <Panel title={title} extra={extra} isFlush>
      {rows.length === 0 && empty !== undefined ? empty : isPhone && columns.length > 2 ? <Cards {...props} /> : <Rows {...props} />}
    </Panel>
  )
}

function Rows<Row>({ label, columns, rows, keyOf }: SmallTableProps<Row>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <section className="small-table" tabIndex={0} aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map(({ title, isNumber }) => (
              <th key={title} scope="col" className={isNumber ? 'numbers' : ''}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ title, render, isNumber }) => (
                <td key={title} className={isNumber ? 'numbers' : ''}>
                  {render(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Cards<Row>({ label, columns: [name, ...columns], rows, keyOf }: SmallTableProps<Row>) {
  return (
    <ul className="small-cards" aria-label={label}>
      {rows.map((row) => (
        <li key={keyOf(row)}>
          <div className="small-cards-name">{name?.render(row)}</div>
          <dl>
            {columns.map(({ title, render, isNumber }) => (
              <div key={title} className={isNumber ? 'numbers' : ''}>
                <dt>{title}</dt>
                <dd>{render(row)}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  )
}
