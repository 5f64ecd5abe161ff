// Where mails wait, and what became of them.

import { and, desc, eq, inArray, isNotNull, lt, lte, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { containsByIndex, keysOfPage, offsetOf, type Page, type PageRequest } from '#db/page.ts'
import { app, mail } from '#db/schema.ts'
import type { Mail } from './mail.ts'

export type MailRow = typeof mail.$inferSelect

export async function queueMails(db: Db, mails: readonly Mail[], now: Date): Promise<void> {
  if (mails.length === 0) return
  await db.insert(mail).values(mails.map((one) => ({ ...one, status: 'waiting' as const, tries: 0, nextAt: now, createdAt: now })))
}

/** Takes some whose time has come, for `leaseMs`: nobody else gets them until then, and who is killed meanwhile loses none. */
export async function claimMails(db: Db, countMax: number, leaseMs: number, now: Date): Promise<MailRow[]> {
  const due = db
    .select({ id: mail.id })
    .from(mail)
    .where(and(eq(mail.status, 'waiting'), lte(mail.nextAt, now)))
    .orderBy(mail.nextAt)
    .limit(countMax)
    .for('update', { skipLocked: true })
  return db
    .update(mail)
    .set({ tries: sql`${mail.tries} + 1`, nextAt: new Date(now.getTime() + leaseMs) })
    .where(inArray(mail.id, due))
    .returning()
}

/** Its text is of no more use to us. */
export async function noteSent(db: Db, claimed: MailRow, now: Date): Promise<void> {
  await db.update(mail).set({ status: 'sent', text: null, problem: null, sentAt: now }).where(stillOurs(claimed))
}

/** `nextAt` null: it is given up. Its text stays, for somebody may want it sent again. */
export async function noteUnsent(db: Db, claimed: MailRow, problem: string, nextAt: Date | null): Promise<void> {
  const outcome = nextAt ? { nextAt } : { status: 'given_up' as const }
  await db
    .update(mail)
    .set({ problem: problem.replaceAll('\0', '').slice(0, 500), ...outcome })
    .where(stillOurs(claimed))
}

/** Has a mail that was given up tried anew; `not_given_up` when it waits or was sent, undefined when there is none. */
export async function resendMail(db: Db, id: number, now: Date): Promise<'waiting' | 'not_given_up' | undefined> {
  const again = await db
    .update(mail)
    .set({ status: 'waiting', tries: 0, nextAt: now })
    .where(and(eq(mail.id, id), eq(mail.status, 'given_up'), isNotNull(mail.text)))
    .returning({ id: mail.id })
  if (again.length > 0) return 'waiting'
  return (await db.$count(mail, eq(mail.id, id))) > 0 ? 'not_given_up' : undefined
}

/** Who outlived the lease has no say any more. */
const stillOurs = ({ id, tries }: MailRow) => and(eq(mail.id, id), eq(mail.tries, tries), eq(mail.status, 'waiting'))

export interface MailFilter extends PageRequest {
  readonly to?: string | undefined
  readonly status?: MailRow['status'] | undefined
}

export interface MailOnPage extends Omit<MailRow, 'text' | 'appId'> {
  /** The public one of the app that had it sent. */
  readonly appId: string | null
}

export async function pageMails(db: Db, filter: MailFilter): Promise<Page<MailOnPage>> {
  const where = and(
    filter.to === undefined ? undefined : containsByIndex(mail.to, filter.to),
    filter.status === undefined ? undefined : eq(mail.status, filter.status),
  )
  const total = await db.$count(mail, where)
  if (total <= offsetOf(filter)) return { total, records: [] }
  const ids = keysOfPage(db, mail, where, filter, total, { searched: [filter.to] })
  const rows = await db
    .select({ mail, appId: app.appId })
    .from(mail)
    .leftJoin(app, eq(app.id, mail.appId))
    .where(inArray(mail.id, ids))
    .orderBy(desc(mail.id))
  return { total, records: rows.map((row) => ({ ...row.mail, appId: row.appId })) }
}

const keptMs = 30 * 86_400_000

export async function forgetOldMails(db: Db, now: Date): Promise<void> {
  await db.delete(mail).where(lt(mail.createdAt, new Date(now.getTime() - keptMs)))
}
