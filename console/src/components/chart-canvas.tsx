// The picture of `Chart`, by ECharts, and what its colours mean: buttons of ours, which wrap where ECharts' legend turns pages. Its tooltip is drawn and not HTML, because HTML with styles of its own is what our
// Content-Security-Policy refuses.

import { Button, Flex, type GlobalToken, theme } from 'antd'
import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import { type ECharts, init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef, useState } from 'react'
import { useDarkness } from '../shell/theme.tsx'
import type { ChartProps, Series } from './chart.tsx'

use([BarChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer])

const palettes = {
  light: ['#0958d9', '#08979c', '#d48806', '#c41d7f', '#531dab', '#5b8c00', '#d4380d', '#595959'],
  dark: ['#85a5ff', '#5cdbd3', '#ffd666', '#ff85c0', '#b37feb', '#bae637', '#ff9c6e', '#bfbfbf'],
}

/** Of the palettes: what a limit refused. */
const limitAt = 4
const symbolsMax = 60
const swatch = { display: 'inline-block', width: 10, height: 10, borderRadius: 2, border: '1px solid' }

export default function Canvas({ times, series, kind = 'line', isStacked = false, unit = '', height }: ChartProps) {
  const { token } = theme.useToken()
  const isDark = useDarkness()
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<ECharts>(undefined)
  const [hidden, setHidden] = useState<readonly string[]>([])
  const palette = isDark ? palettes.dark : palettes.light

  useEffect(() => {
    const made = init(place.current!)
    chart.current = made
    const watch = new ResizeObserver(() => made.resize())
    watch.observe(place.current!)
    return () => {
      watch.disconnect()
      made.dispose()
    }
  }, [])

  useEffect(() => {
    const axis = { axisLine: { lineStyle: { color: token.colorBorder } }, axisLabel: { color: token.colorTextTertiary, hideOverlap: true } }
    chart.current?.setOption(
      {
        animation: false,
        textStyle: { fontFamily: token.fontFamily },
        grid: { left: 44, right: 20, top: 12, bottom: 24, outerBoundsMode: 'none' },
        tooltip: {
          trigger: 'axis',
          renderMode: 'richText',
          backgroundColor: token.colorBgElevated,
          borderColor: token.colorBorderSecondary,
          textStyle: { color: token.colorText },
          valueFormatter: (value: unknown) => (value == null ? '–' : `${Number(value).toLocaleString()}${unit && ` ${unit}`}`),
        },
        xAxis: { type: 'category', data: times.map(shortened(times)), ...axis, axisTick: { show: false }, boundaryGap: kind === 'bar' },
        yAxis: {
          type: 'value',
          ...axis,
          axisLabel: { ...axis.axisLabel, formatter: compact },
          minInterval: unit === '' ? 1 : 0,
          splitLine: { lineStyle: { color: token.colorBorderSecondary } },
        },
        series: series.map((one, at) => ({
          name: one.name,
          type: kind,
          data: hidden.includes(one.name) ? [] : one.values,
          symbolSize: 4,
          // Else a point without neighbours would not be seen.
          ...(one.values.filter((value) => value !== null).length <= symbolsMax ? { showAllSymbol: true } : { showSymbol: false }),
          smooth: false,
          barMaxWidth: 24,
          ...(isStacked ? { stack: 'all', ...(kind === 'line' ? { areaStyle: { opacity: 0.25 } } : {}) } : {}),
          itemStyle: { color: colorOf(one, at, palette, token) },
          lineStyle: { color: colorOf(one, at, palette, token), width: 1.5 },
        })),
      },
      { notMerge: true },
    )
  }, [times, series, kind, isStacked, unit, token, palette, hidden])

  const toggle = (name: string) => setHidden(hidden.includes(name) ? hidden.filter((one) => one !== name) : [...hidden, name])
  return (
    <>
      {series.length > 1 && (
        <Flex wrap gap="0 4px" style={{ margin: '-8px 0 4px -8px' }}>
          {series.map((one, at) => (
            <Button
              key={one.name}
              type="text"
              size="small"
              aria-pressed={!hidden.includes(one.name)}
              style={{ color: token.colorTextSecondary, opacity: hidden.includes(one.name) ? 0.6 : 1, maxWidth: '100%' }}
              title={one.name}
              icon={
                <span
                  style={{
                    ...swatch,
                    background: hidden.includes(one.name) ? 'transparent' : colorOf(one, at, palette, token),
                    borderColor: colorOf(one, at, palette, token),
                  }}
                />
              }
              onClick={() => toggle(one.name)}
            >
              <span style={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>{one.name}</span>
            </Button>
          ))}
        </Flex>
      )}
      <div ref={place} aria-hidden style={{ height, width: '100%' }} />
    </>
  )
}

function colorOf({ color }: Series, at: number, palette: readonly string[], token: GlobalToken): string {
  return color === 'limit' ? palette[limitAt]! : color ? token[color] : palette[at % palette.length]!
}

const compact = (value: number) => value.toLocaleString('en', { notation: 'compact' })

const aDayMs = 86_400_000

/** `YYYY-MM-DD HH:mm:ss` without what is the same for all of them; anything else as it is. */
function shortened(times: readonly string[]): (time: string) => string {
  const [first = '', last = ''] = [times[0], times.at(-1)]
  if (!times.every((time) => /^\d{4}-\d\d-\d\d /.test(time))) return (time) => time
  if (times.every((time) => time.endsWith('-01 00:00:00'))) return (time) => time.slice(0, 7)
  if (times.every((time) => time.endsWith('00:00:00'))) return (time) => time.slice(5, 10)
  return Date.parse(last) - Date.parse(first) <= aDayMs ? (time) => time.slice(11, 16) : (time) => time.slice(5, 16)
}
