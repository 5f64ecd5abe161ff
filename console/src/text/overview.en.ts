import type { overview as zh } from './overview.zh-CN.ts'
import type { Same } from './text.ts'

export const overview: Same<typeof zh> = {
  title: 'Overview',
  about: 'Calls through the gateway, now and of late.',
  second: 'This second',
  minute: 'This minute',
  hour: 'This hour',
  day: 'Today',
  month: 'This month',
  year: 'This year',
  now: 'Calls now',
  callsOverTime: 'Calls',
  latencyOverTime: 'Average latency',
  calls: 'Calls',
  answered: 'Answered',
  refused: 'Refused by the gateway',
  failed: 'Failed by the service',
  latency: 'Average latency',
  range: 'Range',
  lastHour: 'Last hour',
  lastDay: 'Last 24 hours',
  lastMonth: 'Last 30 days',
  lastYear: 'Last 12 months',
}
