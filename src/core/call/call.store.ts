// The call log (settled F19): single calls, in a partition for each day (UTC), so that old ones go with their table. Written in the
// transaction of the usage batch that brought them, searched by whoever may see them.

import { and, eq, gte, lt, lte, type SQL, sql } from 'drizzle-orm'
import type { LeftOut, ReportedCall } from '#core/feed/document.ts'
import { visibleTo } from '#core/operation/operation.store.ts'
import { isOneOf } from '#db/ids.ts'
import type { Db } from '#db/open.ts'
import { offsetOf, type PageRequest } from '#db/page.ts'
import { app, call, callLeftOut, operation } from '#db/schema.ts'

export type CallRow = typeof call.$inferSelect
/** A call, with what its app and interface are called now; null when it named no app, found no interface, or one that is not for who asks. */
export interface CallOfApp extends CallRow {
  readonly publicAppId: string | null
  readonly appName: string | null
  readonly operationName: string | null
}

const dayMs = 86_400_000
const dayOf = (time: number) => Math.floor(time / dayMs)
/** A gateway's clock may be ahead of ours, but not by more. */
const aheadMsMax = dayMs

/** Whether a call of that time is kept; the days of the log are whole ones. */
export function isKept(time: number, daysKept: number, now: Date): boolean {
  return dayOf(time) >= dayOf(now.getTime()) - daysKept && time <= now.getTime() + aheadMsMax
}

/** `calls` are such as are kept; their days get partitions where they have none. */
export async function recordCalls(db: Db, calls: readonly ReportedCall[]): Promise<void> {
  if (calls.length === 0) return
  await makeDays(db, calls.map(({ time }) => dayOf(time))) // biome-ignore format: one thought
  await db.execute(sql`
    insert into call (time, request_id, ip, method, path, operation_id, app_id, status, latency_ms, bytes, error, stage, detail, revision)
    select to_timestamp(time / 1000.0), request_id, ip, method, path, operation_id, app_id, status, latency_ms, bytes, error, stage, detail, revision
    from jsonb_to_recordset(${JSON.stringify(calls.map(columns))}::jsonb)
           as calls (time bigint, request_id uuid, ip text, method text, path text, operation_id integer, app_id integer, status smallint,
                     latency_ms integer, bytes bigint, error text, stage text, detail jsonb, revision bigint)
    on conflict do nothing`)
}

const columns = (one: ReportedCall) => ({
  time: one.time,
  request_id: one.requestId,
  ip: one.ip,
  method: one.method,
  path: one.path,
  operation_id: one.operationId,
  app_id: one.appId,
  status: one.status,
  latency_ms: one.latencyMs,
  bytes: one.bytes,
  error: one.error,
  stage: one.stage,
  detail: one.detail,
  revision: one.revision,
})

export async function recordLeftOut(db: Db, node: string, leftOut: readonly LeftOut[]): Promise<void> {
  if (leftOut.length === 0) return
  await db.execute(sql`
    insert into call_left_out (minute, node, calls)
    select to_timestamp(minute), ${node}, sum(calls)
    from jsonb_to_recordset(${JSON.stringify(leftOut)}::jsonb) as counts (minute bigint, calls bigint)
    group by 1 order by 1
    on conflict (minute, node) do update set calls = call_left_out.calls + excluded.calls`)
}

const partitionLock = 20872
const partitionOf = (day: number) => `call_${new Date(day * dayMs).toISOString().slice(0, 10).replaceAll('-', '')}`

async function makeDays(db: Db, days: readonly number[]): Promise<void> {
  const wanted = [...new Set(days)]
  const { rows } = await db.execute<{ day: number }>(sql`
    select day from unnest(${sql.param(wanted)}::integer[], ${sql.param(wanted.map(partitionOf))}::text[]) as days (day, name)
    where to_regclass(name) is null order by day`)
  if (rows.length === 0) return
  // Two that make the same table would fail, even where it may exist.
  await db.execute(sql`select pg_advisory_xact_lock(${partitionLock})`)
  for (const { day } of rows) {
    const [from, to] = [day, day + 1].map((one) => new Date(one * dayMs).toISOString())
    await db.execute(sql.raw(`create table if not exists ${partitionOf(day)} partition of call for values from ('${from}') to ('${to}')`))
  }
}

/** Makes today's and tomorrow's partition, so that no call has to wait for one, and drops those of days that are not kept any more. */
export async function turnDays(db: Db, daysKept: number, now: Date): Promise<void> {
  const today = dayOf(now.getTime())
  await db.transaction((tx) => makeDays(tx, [today, today + 1]))
  await db.delete(callLeftOut).where(lt(callLeftOut.minute, new Date((today - daysKept) * dayMs)))
  const { rows } = await db.execute<{ name: string }>(sql`
    select relname as name from pg_inherits join pg_class on oid = inhrelid
    where inhparent = 'call'::regclass and relname < ${partitionOf(today - daysKept)} order by relname`)
  for (const { name } of rows) {
    await db.transaction(async (tx) => {
      // Whoever reads meanwhile is not kept waiting behind us; the next sweep tries again.
      await tx.execute(sql`set local lock_timeout = '2s'`)
      await tx.execute(sql`drop table if exists ${sql.identifier(name)}`)
    })
  }
}

export interface CallFilter extends PageRequest {
  readonly from: Date
  /** Not in it any more. */
  readonly to: Date
  /** Row ids; undefined is all, identified or not. */
  readonly appIds?: readonly number[] | undefined
  readonly operationId?: number | undefined
  readonly status?: number | undefined
  readonly error?: string | undefined
  readonly ip?: string | undefined
  readonly requestId?: string | undefined
  /** Who asks, when it is a developer. */
  readonly developerId?: number | undefined
}

/** Matches are counted so far, and no page lies beyond (settled F19). */
export const callsCountedMax = 10_000

export interface CallPage {
  readonly total: number
  readonly totalCapped: boolean
  readonly leftOut: number
  readonly records: CallOfApp[]
}

/** Newest first. */
export async function pageCalls(db: Db, filter: CallFilter): Promise<CallPage> {
  const counted = await countCalls(db, filter)
  return {
    total: Math.min(counted, callsCountedMax),
    totalCapped: counted > callsCountedMax,
    leftOut: await countLeftOut(db, filter),
    records: counted > offsetOf(filter) ? await findCalls(db, filter) : [],
  }
}

async function countCalls(db: Db, filter: CallFilter): Promise<number> {
  const { rows } = await db.execute<{ counted: string }>(sql`
    select count(*) as counted from (select from ${call} where ${and(matches(filter), isOneOf(call.appId, filter.appIds))} limit ${callsCountedMax + 1}) as counted_ones`)
  return Number(rows[0]!.counted)
}

// Of several apps, for each its newest ones, then the newest of these: no one index has them in their order. The planner judges one
// app by its own figures, and several by those of an average one.
async function findCalls(db: Db, filter: CallFilter): Promise<CallOfApp[]> {
  const { appIds, size, developerId } = filter
  const offset = offsetOf(filter)
  const newest = (more?: SQL) => sql`
    select * from call where ${and(matches(filter), more)} order by time desc, request_id desc limit ${offset + size}`
  const ofSeveral = (ids: readonly number[]) => sql`
    select found.* from unnest(${sql.param(ids)}::integer[]) as own (id) cross join lateral (${newest(sql`app_id = own.id`)}) as found`
  const found = !appIds ? newest() : appIds.length === 1 ? newest(eq(call.appId, appIds[0]!)) : ofSeveral(appIds)
  const ids = sql`select found.time, found.request_id from (${found}) as found order by time desc, request_id desc limit ${size} offset ${offset}`
  // The names are looked up for this page alone.
  const rows = await withNames(db, developerId)
    .innerJoin(sql`(${ids}) as page`, sql`(page.time, page.request_id) = (call.time, call.request_id)`)
    .orderBy(sql`call.time desc, call.request_id desc`)
  return rows.map(flat)
}

const withNames = (db: Db, developerId: number | undefined) =>
  db
    .select({ call, publicAppId: app.appId, appName: app.name, operationName: operation.name })
    .from(call)
    .leftJoin(app, eq(app.id, call.appId))
    .leftJoin(operation, and(eq(operation.id, call.operationId), visibleTo(developerId)))
const flat = ({ call, ...names }: { call: CallRow } & Omit<CallOfApp, keyof CallRow>): CallOfApp => ({ ...call, ...names })

function matches({ from, to, operationId, status, error, ip, requestId }: CallFilter): SQL | undefined {
  return and(
    gte(call.time, from),
    lt(call.time, to),
    operationId === undefined ? undefined : eq(call.operationId, operationId),
    status === undefined ? undefined : eq(call.status, status),
    error === undefined ? undefined : eq(call.error, error),
    ip === undefined ? undefined : eq(call.ip, ip),
    requestId === undefined ? undefined : eq(call.requestId, requestId),
  )
}

async function countLeftOut(db: Db, { from, to }: CallFilter): Promise<number> {
  const minute = new Date(Math.floor(from.getTime() / 60_000) * 60_000)
  const [row] = await db
    .select({ calls: sql<string>`coalesce(sum(${callLeftOut.calls}), 0)` })
    .from(callLeftOut)
    .where(and(gte(callLeftOut.minute, minute), lte(callLeftOut.minute, to)))
  return Number(row!.calls)
}

export async function findCall(db: Db, requestId: string, developerId?: number): Promise<CallOfApp | undefined> {
  const [row] = await withNames(db, developerId).where(eq(call.requestId, requestId))
  return row && flat(row)
}
