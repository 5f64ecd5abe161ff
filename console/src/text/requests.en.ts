import type { requests as zh } from './requests.zh-CN.ts'
import type { Same } from './text.ts'

export const requests: Same<typeof zh> = {
  title: 'Interface requests',
  about: 'Interfaces that developers want for their apps. Once approved they can be called within a second.',
  app: 'App',
  interfaces: 'Interfaces',
  applicant: 'Requested by',
  reason: 'Reason',
  status: 'State',
  waiting: 'Waiting',
  approved: 'Approved',
  refused: 'Refused',
  createdAt: 'At',
  decided: 'Decision',
  approve: 'Approve',
  refuse: 'Refuse',
  approveOf: 'Approve what {{app}} asks for?',
  approveEffect: 'These are granted, in force at all gateways within a second:',
  refuseOf: 'Refuse what {{app}} asks for',
  refuseHint: 'The developer sees the reason.',
  refuseReason: 'Reason',
  emptyTitle: 'Nobody applied yet',
  emptyText: 'What developers apply for in their portal waits here for a decision.',
}
