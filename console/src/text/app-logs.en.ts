import type { appLogs as zh } from './app-logs.zh-CN.ts'
import type { Same } from './text.ts'

export const appLogs: Same<typeof zh> = {
  title: 'App logs',
  about: 'What apps recorded by POST /api/log of what people did in them, newest first.',
  subject: 'Title',
  type: 'Operation',
  A: 'Added',
  D: 'Deleted',
  S: 'Searched',
  U: 'Updated',
  user: 'User',
  userId: 'User ID',
  app: 'App ID',
  time: 'Time',
  data: 'Content',
  show: 'Show the content',
  emptyTitle: 'Nothing was recorded',
  emptyText: 'Apps that were granted log:write record here.',
}
