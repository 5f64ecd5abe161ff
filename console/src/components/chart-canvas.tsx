// The picture of `Chart`, by ECharts. Its tooltip is drawn and not HTML, because HTML with styles of its own is what our
// Content-Security-Policy refuses.

import { theme } from 'antd'
import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { type ECharts, init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { useDarkness } from '../shell/theme.tsx'
import type { ChartProps } from './chart.tsx'

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer])

const palettes = {
  light: ['#0958d9', '#08979c', '#d48806', '#c41d7f', '#531dab', '#5b8c00', '#d4380d', '#595959'],
  dark: ['#85a5ff', '#5cdbd3', '#ffd666', '#ff85c0', '#b37feb', '#bae637', '#ff9c6e', '#bfbfbf'],
}

export default function Canvas({ times, series, kind = 'line', isStacked = false, unit = '', height }: ChartProps) {
  const { token } = theme.useToken()
  const isDark = useDarkness()
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<ECharts>(undefined)

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
        color: isDark ? palettes.dark : palettes.light,
        textStyle: { fontFamily: token.fontFamily },
        grid: { left: 44, right: 20, top: series.length > 1 ? 36 : 12, bottom: 24, outerBoundsMode: 'none' },
        legend: {
          show: series.length > 1,
          top: 0,
          left: 0,
          icon: 'roundRect',
          itemWidth: 10,
          itemHeight: 10,
          type: 'scroll',
          textStyle: { color: token.colorTextSecondary },
        },
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
        series: series.map(({ name, values, color }) => ({
          name,
          type: kind,
          data: values,
          symbolSize: 4,
          smooth: false,
          barMaxWidth: 24,
          ...(isStacked ? { stack: 'all', ...(kind === 'line' ? { areaStyle: { opacity: 0.25 } } : {}) } : {}),
          ...(color ? { itemStyle: { color: token[color] }, lineStyle: { color: token[color] } } : {}),
        })),
      },
      { notMerge: true },
    )
  }, [times, series, kind, isStacked, unit, token, isDark])

  return <div ref={place} style={{ height, width: '100%' }} />
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
