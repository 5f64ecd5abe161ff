// Where the RSA keys are kept under which passwords arrive.

import { desc, eq, lt } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { transportKey } from '#db/schema.ts'

export type TransportKeyRow = typeof transportKey.$inferSelect

export async function insertTransportKey(db: Db, row: TransportKeyRow): Promise<void> {
  await db.insert(transportKey).values(row)
}

/** The newest `count` keys, newest first. */
export async function newestTransportKeys(db: Db, count: number): Promise<TransportKeyRow[]> {
  return db.select().from(transportKey).orderBy(desc(transportKey.createdAt), desc(transportKey.keyId)).limit(count)
}

export async function findTransportKey(db: Db, keyId: string): Promise<TransportKeyRow | undefined> {
  const [row] = await db.select().from(transportKey).where(eq(transportKey.keyId, keyId))
  return row
}

export async function deleteTransportKeys(db: Db, madeBefore: Date): Promise<void> {
  await db.delete(transportKey).where(lt(transportKey.createdAt, madeBefore))
}
