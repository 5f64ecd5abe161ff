import type { calls as zh } from './calls.zh-CN.ts'
import type { Same } from './text.ts'

export const calls: Same<typeof zh> = {
  title: 'Call log',
  about: 'One row a call, newest first. Its time leads to why it ended as it did.',
  time: 'Time',
  why: 'Why it ended so',
  call: 'Call',
  status: 'Status',
  error: 'Error',
  latency: 'Latency',
  bytes: 'Bytes',
  app: 'App',
  appId: 'App ID',
  interface: 'Interface',
  interfaceId: 'Interface ID',
  ip: 'IP address',
  requestId: 'Request ID',
  leftOut: '{{number}} calls of this range, of all apps, were more than the log keeps; statistics count them.',
  emptyTitle: 'No calls in this range',
  emptyText: 'Choose another range, or make a call with the signature workbench: it is here a few seconds later.',
}
