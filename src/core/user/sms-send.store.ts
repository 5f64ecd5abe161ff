// That codes were sent by SMS, and what became of it. The codes themselves are in no row.

import { and, desc, eq, isNotNull, isNull, lt, type SQL } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { offsetOf, type Page, type PageRequest } from '#db/page.ts'
import { app, smsSend } from '#db/schema.ts'

/** Of one that is on record (`putSmsCode`). `problem` null: the provider took it. */
export async function noteSmsEnded(db: Db, id: number, problem: string | null, now: Date): Promise<void> {
  await db.update(smsSend).set({ problem: problem?.slice(0, 500) ?? null, endedAt: now }).where(eq(smsSend.id, id)) // biome-ignore format: one thought
}

export const smsStatuses = ['pending', 'sent', 'failed'] as const
export type SmsStatus = (typeof smsStatuses)[number]

function smsStatus({ problem, endedAt }: typeof smsSend.$inferSelect): SmsStatus {
  if (endedAt === null) return 'pending'
  return problem === null ? 'sent' : 'failed'
}

const isStatus: Readonly<Record<SmsStatus, SQL | undefined>> = {
  pending: isNull(smsSend.endedAt),
  sent: and(isNotNull(smsSend.endedAt), isNull(smsSend.problem)),
  failed: isNotNull(smsSend.problem),
}

export interface SmsFilter extends PageRequest {
  readonly phoneNumber?: string | undefined
  readonly status?: SmsStatus | undefined
}

export interface SmsOnPage extends Omit<typeof smsSend.$inferSelect, 'appId'> {
  /** The public one of the app that asked for it. */
  readonly appId: string | null
  readonly status: SmsStatus
}

export async function pageSms(db: Db, filter: SmsFilter): Promise<Page<SmsOnPage>> {
  const where = and(
    filter.phoneNumber === undefined ? undefined : eq(smsSend.phoneNumber, filter.phoneNumber),
    filter.status && isStatus[filter.status],
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
  return { total, records: rows.map((row) => ({ ...row.sms, appId: row.appId, status: smsStatus(row.sms) })) }
}

const keptMs = 30 * 86_400_000

export async function forgetOldSms(db: Db, now: Date): Promise<void> {
  await db.delete(smsSend).where(lt(smsSend.createdAt, new Date(now.getTime() - keptMs)))
}
