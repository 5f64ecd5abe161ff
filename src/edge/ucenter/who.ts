// What an app knows a person by: apps of our own by the id, all others by the openid that the person has there (settled B9).

import { z } from 'zod'
import type { CallingApp } from './endpoint.ts'

export const idAnswer = {
  user_id: z.int().optional().describe('To an internal app'),
  openid: z.string().optional().describe('To every other app, in place of user_id'),
}

export function idOf(app: CallingApp, userId: number, openId: string): { user_id: number } | { openid: string } {
  return app.internal ? { user_id: userId } : { openid: openId }
}
