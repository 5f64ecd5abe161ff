import type { statistics as zh } from './statistics.zh-CN.ts'
import type { Same } from './text.ts'

export const statistics: Same<typeof zh> = {
  title: 'Statistics',
  about: 'Calls of a range by interface, app or outcome; the first eight of them.',
  app: 'App id',
  interface: 'Interface no.',
  step: 'Step',
  minute: 'By the minute',
  hour: 'By the hour',
  day: 'By the day',
  month: 'By the month',
  by: 'Grouped',
  by_interface: 'By interface',
  by_app: 'By app',
  by_status: 'By outcome',
  figure: 'What is counted',
  calls: 'Calls',
  refused: 'Refused',
  failed: 'Failed by the service',
  latency: 'Average latency',
  group_other: 'Others',
  group_unidentified: 'Callers that nobody knows',
  group_answered: 'Answered',
  group_refused: 'Refused by the gateway',
  group_failed: 'Failed by the service',
}
