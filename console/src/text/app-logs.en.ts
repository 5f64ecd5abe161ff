import type { appLogs as zh } from './app-logs.zh-CN.ts'
import type { Same } from './text.ts'

export const appLogs: Same<typeof zh> = {
  title: 'App logs',
  about: 'What apps recorded by POST /api/log of what people did in them, newest first.',
  subject: 'Title',
  type: 'What was done',
  A: 'Added',
  D: 'Deleted',
  S: 'Searched',
  U: 'Updated',
  user: 'Person',
  userId: 'Number of the person',
  app: 'App id',
  time: 'Time',
  data: 'Content',
  show: 'Show the content',
  emptyTitle: 'Nothing was recorded',
  emptyText: 'Apps that were granted log:write record here.',
}
