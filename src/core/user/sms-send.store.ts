// That codes were sent by SMS, and what became of it. The codes themselves are in no row.

import { and, desc, eq, isNotNull, isNull, lt } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { offsetOf, type Page, type PageRequest } from '#db/page.ts'
import { app, smsSend } from '#db/schema.ts'
import type { Sms } from './sms-provider.ts'

/** `problem` null: the provider took it. */
export async function noteSms(db: Db, { to, scene, appId, time }: Sms, problem: string | null): Promise<void> {
  await db.insert(smsSend).values({ phoneNumber: to, scene, appId, problem: problem?.slice(0, 500) ?? null, createdAt: time })
}

export interface SmsFilter extends PageRequest {
  readonly phoneNumber?: string | undefined
  readonly status?: 'sent' | 'failed' | undefined
}

export interface SmsOnPage extends Omit<typeof smsSend.$inferSelect, 'appId'> {
  /** The public one of the app that asked for it. */
  readonly appId: string | null
}

export async function pageSms(db: Db, filter: SmsFilter): Promise<Page<SmsOnPage>> {
  const statuses = { sent: isNull(smsSend.problem), failed: isNotNull(smsSend.problem) }
  const where = and(
    filter.phoneNumber === undefined ? undefined : eq(smsSend.phoneNumber, filter.phoneNumber),
    filter.status === undefined ? undefined : statuses[filter.status],
  )
  const total = await db.$count(smsSend, where)
  const rows = await db
    .select({ sms: smsSend, appId: app.appId })
    .from(smsSend)
    .leftJoin(app, eq(app.id, smsSend.appId))
    .where(where)
    .orderBy(desc(smsSend.id))
    .limit(filter.size)
    .offset(offsetOf(filter))
  return { total, records: rows.map((row) => ({ ...row.sms, appId: row.appId })) }
}

const keptMs = 30 * 86_400_000

export async function forgetOldSms(db: Db, now: Date): Promise<void> {
  await db.delete(smsSend).where(lt(smsSend.createdAt, new Date(now.getTime() - keptMs)))
}
