// Who a person is to an app (source 000, settled D19): an openid for each app, a unionid for all apps of one owner. Each is made when it
// is first asked for and never changes. They are random and not derived, so no key that leaks tells who is behind them.

import { randomBytes } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { app, openId, unionId } from '#db/schema.ts'

/** 22 characters of Base64url: 128 bits. */
const newId = () => randomBytes(16).toString('base64url')

/** `appId` is the app's row. Of many who ask at once, all get the same. */
export async function openIdOf(db: Db, userId: string, appId: number): Promise<string> {
  const isIt = and(eq(openId.userId, userId), eq(openId.appId, appId))
  const find = () => db.select({ text: openId.openId }).from(openId).where(isIt)
  const [known] = await find()
  if (known) return known.text
  await db.insert(openId).values({ userId, appId, openId: newId() }).onConflictDoNothing()
  // Whoever was first made it: us, or somebody whose insert ours has waited for.
  const [made] = await find()
  return made!.text
}

export interface KnownPerson {
  readonly username: string
  readonly nickname: string | null
  readonly email: string | null
  readonly phoneNumber: string | null
  /** Epoch seconds. */
  readonly updatedAt: number
  /** null: not made yet (`openIdOf`). */
  readonly openId: string | null
}

/** One of our users, and who they are to an app. Asked for each token that an app refreshes, so written out: to build it takes as long as to ask it. */
export async function findPersonFor(db: Db, userId: string, appId: number): Promise<KnownPerson | undefined> {
  const { rows } = await db.execute<KnownPerson & Record<string, unknown>>(sql`
    select username, nickname, email, phone_number as "phoneNumber", floor(extract(epoch from updated_at))::float8 as "updatedAt", open_id as "openId"
    from "user" left join open_id on user_id = ${userId} and app_id = ${appId}
    where id = ${Number(userId)} and deleted_at is null`)
  return rows[0]
}

/** What all apps of one owner know the person by, this app among them. */
export async function unionIdOf(db: Db, userId: string, appId: number): Promise<string> {
  const find = () =>
    db
      .select({ text: unionId.unionId })
      .from(unionId)
      .innerJoin(app, eq(app.userId, unionId.ownerId))
      .where(and(eq(unionId.userId, userId), eq(app.id, appId)))
  const [known] = await find()
  if (known) return known.text
  const [owner] = await db.select({ id: app.userId }).from(app).where(eq(app.id, appId))
  await db.insert(unionId).values({ userId, ownerId: owner!.id, unionId: newId() }).onConflictDoNothing()
  const [made] = await find()
  return made!.text
}

/** Nobody can tell any more whom they stood for, and nobody gets them again. */
export async function forgetOpenIds(db: Db, userId: string): Promise<void> {
  await db.delete(openId).where(eq(openId.userId, userId))
  await db.delete(unionId).where(eq(unionId.userId, userId))
}
