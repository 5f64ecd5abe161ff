// A row of a table where there is no room for columns: what it is called by, then the others by their titles.

import { Flex } from 'antd'
import type { ReactNode } from 'react'

interface CardColumn<Row> {
  readonly title: string
  render(row: Row): ReactNode
  readonly isNumber?: boolean
}

interface RowCardProps<Row> {
  readonly columns: readonly CardColumn<Row>[]
  readonly row: Row
  /** Beside its name. */
  readonly actions?: ReactNode
}

export function RowCard<Row>({ columns: [name, ...columns], row, actions }: RowCardProps<Row>) {
  return (
    <>
      <Flex justify="space-between" align="flex-start" gap={8}>
        <div style={{ fontWeight: 600, overflowWrap: 'anywhere' }}>{name?.render(row)}</div>
        {actions}
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
    </>
  )
}
