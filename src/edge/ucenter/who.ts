// What an app knows a person by: apps of our own by the id, all others by the openid that the person has there (settled B9), and where it is
// told who that is, by the unionid as well.

import { z } from 'zod'
import { unionIdOf } from '#core/user/openid.store.ts'
import type { Db } from '#db/open.ts'
import type { CallingApp } from './endpoint.ts'

export const idAnswer = {
  user_id: z.int().optional().describe('To an internal app'),
  openid: z.string().optional().describe('To every other app, in place of user_id'),
}

export function idOf(app: CallingApp, userId: number, openId: string): { user_id: number } | { openid: string } {
  return app.internal ? { user_id: userId } : { openid: openId }
}

export const idsAnswer = { ...idAnswer, unionid: z.string().optional().describe('Beside openid; the same for all apps of one owner') }

export async function idsOf(db: Db, app: CallingApp, userId: number, openId: string) {
  const unionid = app.internal ? {} : { unionid: await unionIdOf(db, String(userId), app.id) }
  return { ...idOf(app, userId, openId), ...unionid }
}
