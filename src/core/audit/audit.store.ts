// What was changed, by whom. Triggers write it (migration 0008, ADR 13), and acts that change no audited row; here it is read, and forgotten
// where a setting says so.

import { and, asc, desc, eq, gte, inArray, lt, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { contains, offsetOf, type Page, type PageRequest } from '#db/page.ts'
import { audit } from '#db/schema.ts'

export type AuditRow = typeof audit.$inferSelect

export interface AuditFilter {
  /** Inclusive, and exclusive. */
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  readonly username?: string | undefined
  readonly kind?: string | undefined
  readonly subject?: string | undefined
  readonly action?: AuditRow['action'] | undefined
  readonly route?: string | undefined
  /** Contained in what was, or in what became of it. */
  readonly text?: string | undefined
}

/** Past this many matches nobody counts on. */
export const countedMax = 10_000

/** Newest first. `total` is exact up to `countedMax`, and one more when there are more. */
export async function pageAudit(db: Db, filter: AuditFilter & PageRequest): Promise<Page<AuditRow>> {
  const where = matching(filter)
  const counted = db.select({ one: sql`1` }).from(audit).where(where).limit(countedMax + 1) // biome-ignore format: one thought
  const { rows } = await db.execute<{ total: string }>(sql`select count(*) as total from (${counted}) as counted`)
  const records = await db
    .select()
    .from(audit)
    .where(where)
    .orderBy(desc(audit.time), desc(audit.id))
    .limit(filter.size)
    .offset(offsetOf(filter))
  return { total: Number(rows[0]!.total), records }
}

// A row may hold a whole document twice; a hundred of the largest are 50 MB.
const rowsAtOnce = 100

/** All matches, newest first, a few at a time: no transaction stays open between them. */
export async function* readAudit(db: Db, filter: AuditFilter): AsyncGenerator<AuditRow[]> {
  let last: AuditRow | undefined
  do {
    const below: SQL | undefined = last && or(lt(audit.time, last.time), and(eq(audit.time, last.time), lt(audit.id, last.id)))
    const rows = await db
      .select()
      .from(audit)
      .where(and(matching(filter), last && and(sql`${audit.time} <= ${last.time.toISOString()}`, below)))
      .orderBy(desc(audit.time), desc(audit.id))
      .limit(rowsAtOnce)
    if (rows.length > 0) yield rows
    last = rows.length < rowsAtOnce ? undefined : rows.at(-1)
  } while (last)
}

export interface Act {
  readonly kind: string
  readonly subject: string | number
  readonly before?: Readonly<Record<string, unknown>>
  readonly after: Readonly<Record<string, unknown>>
}

/** Notes what somebody did, in its transaction: by whom and from where the transaction knows (`db/actor.ts`). */
export async function noteAct(tx: Db, { kind, subject, before, after }: Act): Promise<void> {
  await tx.execute(sql`
    insert into audit (time, user_id, username, ip, request_id, route, kind, subject, action, before, after)
    select clock_timestamp(), (actor ->> 'userId')::integer, actor ->> 'username', actor ->> 'ip', (actor ->> 'requestId')::uuid,
           actor ->> 'route', ${kind}, ${String(subject)}, 'act', ${before ? JSON.stringify(before) : null}::jsonb, ${JSON.stringify(after)}::jsonb
    from (select nullif(current_setting('kaimen.actor', true), '')::jsonb as actor) as acting`)
}

function matching({ from, to, username, kind, subject, action, route, text }: AuditFilter): SQL | undefined {
  return and(
    from && gte(audit.time, from),
    to && lt(audit.time, to),
    username === undefined ? undefined : eq(audit.username, username),
    kind === undefined ? undefined : eq(audit.kind, kind),
    subject === undefined ? undefined : eq(audit.subject, subject),
    action && eq(audit.action, action),
    route === undefined ? undefined : eq(audit.route, route),
    text === undefined ? undefined : or(contains(sql`${audit.before}::text`, text), contains(sql`${audit.after}::text`, text)),
  )
}

const forgottenAtOnce = 1_000

/** Deletes what was noted before then, a piece at a time, oldest first. A trigger refuses it for what is younger than 180 days. Answers how many went. */
export async function forgetAudit(db: Db, before: Date): Promise<number> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select set_config('kaimen.forgets_audit', 'on', true)`)
    const old = tx.select({ id: audit.id }).from(audit).where(lt(audit.time, before)).orderBy(asc(audit.time), asc(audit.id)).limit(forgottenAtOnce) // biome-ignore format: one thought
    const gone = await tx.delete(audit).where(inArray(audit.id, old)).returning({ id: audit.id })
    return gone.length
  })
}
