// Numbers over time as a picture, and the same numbers as a table: for who does not see the picture, and for who wants to read them off.
// The library comes with the first chart that is shown.

import { Button, Flex, Skeleton } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useText } from '../text/text.ts'
import { Panel } from './panel.tsx'

const Canvas = lazy(() => import('./chart-canvas.tsx'))

export interface Series {
  readonly name: string
  readonly values: readonly (number | null)[]
  /** A variable of the theme, or `limit`, which is none of its; absent: the next one of the palette. */
  readonly color?: 'colorPrimary' | 'colorSuccess' | 'colorWarning' | 'colorError' | 'limit'
}

export interface ChartProps {
  readonly title: string
  /** One for each value. */
  readonly times: readonly string[]
  readonly series: readonly Series[]
  readonly kind?: 'line' | 'bar'
  /** Bars or areas stand on one another. */
  readonly isStacked?: boolean
  readonly unit?: string
  readonly height?: number
}

export function Chart(props: ChartProps) {
  const t = useText('common')
  const [isTable, setTable] = useState(false)
  const { title, unit, height = 240 } = props
  return (
    <Panel
      title={
        unit ? (
          <>
            {title} <span className="chart-unit">{unit}</span>
          </>
        ) : (
          title
        )
      }
      extra={
        <Button type="text" size="small" onClick={() => setTable(!isTable)}>
          {isTable ? t('showChart') : t('showTable')}
        </Button>
      }
    >
      {isTable ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
        <div tabIndex={0} style={{ height, overflow: 'auto' }}>
          <Numbers {...props} />
        </div>
      ) : (
        <>
          <Suspense
            fallback={
              <Flex justify="center" style={{ height }}>
                <Skeleton active title={false} />
              </Flex>
            }
          >
            <Canvas {...props} height={height} />
          </Suspense>
          <div className="hidden-visually">
            <Numbers {...props} />
          </div>
        </>
      )}
    </Panel>
  )
}

function Numbers({ title, times, series, unit }: ChartProps) {
  const t = useText('common')
  return (
    <table className="numbers" style={{ width: '100%', textAlign: 'end' }}>
      <caption className="hidden-visually">{title}</caption>
      <thead>
        <tr>
          <th scope="col" style={{ textAlign: 'start' }}>
            {t('time')}
          </th>
          {series.map(({ name }) => (
            <th scope="col" key={name}>
              {unit ? `${name} (${unit})` : name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {times.map((time, at) => (
          <tr key={time}>
            <th scope="row" style={{ textAlign: 'start', fontWeight: 'normal' }}>
              {time}
            </th>
            {series.map(({ name, values }) => (
              <td key={name}>{values[at]?.toLocaleString() ?? '–'}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
