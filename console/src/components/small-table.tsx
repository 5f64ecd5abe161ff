// A few rows that are here already, without pages or filters: a plain table, which weighs nothing. On a phone each row stands by itself.

import type { Key, ReactNode } from 'react'
import { useIsPhone } from '../shell/shell.tsx'
import { Panel } from './panel.tsx'
import { RowCard } from './row-card.tsx'
import './small-table.css'

interface SmallColumn<Row> {
  readonly title: string
  render(row: Row): ReactNode
  readonly isNumber?: boolean
}

interface SmallTableProps<Row> {
  readonly title: ReactNode
  /** What the table holds, for screen readers. */
  readonly label: string
  readonly extra?: ReactNode
  readonly columns: readonly SmallColumn<Row>[]
  readonly rows: readonly Row[]
  keyOf(row: Row): Key
  /** In the place of a table without rows. */
  readonly empty?: ReactNode
}

export function SmallTable<Row>({ title, label, extra, columns, rows, keyOf, empty }: SmallTableProps<Row>) {
  const isPhone = useIsPhone()
  return (
    <Panel title={title} extra={extra} isFlush>
      {rows.length === 0 && empty !== undefined ? (
        empty
      ) : isPhone ? (
        <ul className="small-cards" aria-label={label}>
          {rows.map((row) => (
            <li key={keyOf(row)}>
              <RowCard columns={columns} row={row} />
            </li>
          ))}
        </ul>
      ) : (
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
      )}
    </Panel>
  )
}
