// A few rows that are here already, without pages or filters: a plain table, which weighs nothing.

import type { Key, ReactNode } from 'react'
import { Panel } from './panel.tsx'
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
  return (
    <Panel title={title} extra={extra} isFlush>
      {rows.length === 0 && empty !== undefined ? (
        empty
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
