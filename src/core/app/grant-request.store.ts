// Developers' wishes that an app may call some interfaces, and what became of them (settled A12, F22). What an interface gives to anybody
// (`approval: auto`) is granted at once; the rest waits for an operator.

import { and, asc, desc, eq, inArray, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { keysOfPage, offsetOf, type Page, type PageRequest } from '#db/page.ts'
import { app, grant, grantRequest, grantRequestItem, operation, user } from '#db/schema.ts'

export const requestStatuses = ['waiting', 'approved', 'refused'] as const
export type RequestStatus = (typeof requestStatuses)[number]

export interface Wish {
  readonly app: { readonly id: number; readonly internal: boolean }
  readonly operationIds: readonly number[]
  readonly reason: string | null
  readonly userId: number
}

export interface Outcome {
  /** Of the request that waits; null when nothing has to. */
  readonly id: number | null
  readonly granted: readonly number[]
  readonly waiting: readonly number[]
}

/** Why nothing of a wish was done: the first of its operations that is not to be had, is granted, or is asked for already. */
export interface Hindrance {
  readonly because: 'unknown' | 'granted' | 'waiting'
  readonly operationId: number
}

/** All of the wish, or nothing. */
export async function applyForOperations(db: Db, wish: Wish, now: Date): Promise<Outcome | Hindrance> {
  const { operationIds, reason, userId } = wish
  const appId = wish.app.id
  return db.transaction(async (tx) => {
    // One wish of an app at a time, or two would both find nothing that waits.
    await tx.select({ id: app.id }).from(app).where(eq(app.id, appId)).for('update')
    const offered = await tx
      .select({ id: operation.id, approval: operation.approval })
      .from(operation)
      .where(and(inArray(operation.id, [...operationIds]), eq(operation.published, true), isGrantable(wish.app.internal)))
    const approvals = new Map(offered.map(({ id, approval }) => [id, approval]))
    // Before the grants: a request that is approved in between is then seen there.
    const asked = await waitingOperationIds(tx, appId)
    const had = await tx.select({ id: grant.operationId }).from(grant).where(eq(grant.appId, appId))
    const granted = new Set(had.map(({ id }) => id))
    for (const operationId of operationIds) {
      if (!approvals.has(operationId)) return { because: 'unknown', operationId }
      if (granted.has(operationId)) return { because: 'granted', operationId }
      if (asked.has(operationId)) return { because: 'waiting', operationId }
    }
    const atOnce = operationIds.filter((id) => approvals.get(id) === 'auto')
    const waiting = operationIds.filter((id) => approvals.get(id) !== 'auto')
    await addGrants(tx, appId, atOnce, now)
    if (waiting.length === 0) return { id: null, granted: atOnce, waiting }
    const [request] = await tx
      .insert(grantRequest)
      .values({ appId, userId, reason, status: 'waiting', createdAt: now })
      .returning({ id: grantRequest.id })
    await tx.insert(grantRequestItem).values(waiting.map((operationId) => ({ requestId: request!.id, operationId })))
    return { id: request!.id, granted: atOnce, waiting }
  })
}

/** Internal ones are for internal apps only. */
function isGrantable(internal: boolean): SQL | undefined {
  return and(isNull(operation.deletedAt), internal ? undefined : eq(operation.visibility, 'public'))
}

async function waitingOperationIds(db: Db, appId: number): Promise<ReadonlySet<number>> {
  const rows = await db
    .select({ id: grantRequestItem.operationId })
    .from(grantRequest)
    .innerJoin(grantRequestItem, eq(grantRequestItem.requestId, grantRequest.id))
    .where(and(eq(grantRequest.appId, appId), eq(grantRequest.status, 'waiting')))
  return new Set(rows.map(({ id }) => id))
}

async function addGrants(db: Db, appId: number, operationIds: readonly number[], now: Date): Promise<void> {
  const rows = operationIds.map((operationId) => ({ appId, operationId, createdAt: now }))
  if (rows.length > 0) await db.insert(grant).values(rows).onConflictDoNothing()
}

export interface Decision {
  readonly status: 'approved' | 'refused'
  /** Why it was refused. */
  readonly answer: string | null
  /** Who decided. */
  readonly by: string
}

/**
 * Decides a request, once: of two that decide at the same time the second finds it `decided`. Approval grants in the same transaction
 * what can still be granted, and answers that.
 */
export async function decideRequest(db: Db, id: number, decision: Decision, now: Date): Promise<number[] | 'unknown' | 'decided'> {
  return db.transaction(async (tx) => {
    const [found] = await tx
      .select({ appId: grantRequest.appId, internal: app.internal })
      .from(grantRequest)
      .innerJoin(app, and(eq(app.id, grantRequest.appId), isNull(app.deletedAt)))
      .where(eq(grantRequest.id, id))
    if (!found) return 'unknown'
    const { status, answer, by: decidedBy } = decision
    const decided = await tx
      .update(grantRequest)
      .set({ status, answer, decidedAt: now, decidedBy })
      .where(and(eq(grantRequest.id, id), eq(grantRequest.status, 'waiting')))
      .returning({ id: grantRequest.id })
    if (decided.length === 0) return 'decided'
    if (status === 'refused') return []
    const operations = await tx
      .select({ id: operation.id })
      .from(grantRequestItem)
      .innerJoin(operation, and(eq(operation.id, grantRequestItem.operationId), isGrantable(found.internal)))
      .where(eq(grantRequestItem.requestId, id))
      .orderBy(asc(operation.id))
    const operationIds = operations.map((one) => one.id)
    await addGrants(tx, found.appId, operationIds, now)
    return operationIds
  })
}

export interface RequestFilter extends PageRequest {
  /** Of this person's apps only. */
  readonly ownerId?: number | undefined
  readonly status?: RequestStatus | undefined
  /** An app's public id, or its row id (settled E2). */
  readonly appId?: string | undefined
}

export type RequestRow = typeof grantRequest.$inferSelect & {
  readonly app: { readonly id: number; readonly appId: string; readonly name: string }
  readonly userName: string
  readonly operations: readonly { readonly id: number; readonly name: string; readonly method: string; readonly path: string }[]
}

/** Newest first; without those of apps that are gone. */
export async function pageRequests(db: Db, filter: RequestFilter): Promise<Page<RequestRow>> {
  // First the apps, which are few, then what is asked for them.
  const isOfApps = (which: SQL | undefined) => sql`${grantRequest.appId} = any(array(${db.select({ id: app.id }).from(app).where(which)}))`
  const where = and(
    // Few apps are gone, and to know them is cheaper than to look up everybody's.
    sql`not exists (select from ${app} where ${app.id} = ${grantRequest.appId} and ${app.deletedAt} is not null)`,
    filter.ownerId === undefined ? undefined : isOfApps(eq(app.userId, filter.ownerId)),
    filter.status === undefined ? undefined : eq(grantRequest.status, filter.status),
    filter.appId === undefined ? undefined : isOfApps(or(eq(app.appId, filter.appId), rowIdIs(filter.appId))),
  )
  const total = await db.$count(grantRequest, where)
  if (total <= offsetOf(filter)) return { total, records: [] }
  const ids = keysOfPage(db, grantRequest, where, filter, total)
  const rows = await db
    .select({ request: grantRequest, app: { id: app.id, appId: app.appId, name: app.name }, userName: user.username })
    .from(grantRequest)
    .innerJoin(app, eq(app.id, grantRequest.appId))
    .innerJoin(user, eq(user.id, grantRequest.userId))
    .where(inArray(grantRequest.id, ids))
    .orderBy(desc(grantRequest.id))
  const items = await db
    .select({
      requestId: grantRequestItem.requestId,
      id: operation.id,
      name: operation.name,
      method: operation.method,
      path: operation.path,
    })
    .from(grantRequestItem)
    .innerJoin(operation, eq(operation.id, grantRequestItem.operationId))
    .where(
      inArray(
        grantRequestItem.requestId,
        rows.map(({ request }) => request.id),
      ),
    )
    .orderBy(asc(operation.id))
  const itemsOf = Map.groupBy(items, (item) => item.requestId)
  const records = rows.map(({ request, ...more }) => ({ ...request, ...more, operations: itemsOf.get(request.id) ?? [] }))
  return { total, records }
}

function rowIdIs(text: string): SQL | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? eq(app.id, Number(text)) : undefined
}
