// Which files there are, and whose. Their bytes lie in a `FileStore`.

import { and, eq, exists, isNotNull, isNull, lt, not, or, sum } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { contains } from '#db/page.ts'
import { app, file, operation, user } from '#db/schema.ts'

export type FileRow = typeof file.$inferSelect
/** The row of a file whose bytes are not kept yet. */
export type NewFile = Omit<FileRow, 'keptAt'>

/**
 * Makes room for a file, unless its app, or without one its owner, would then have more than `bytesMax`. It is there for others only
 * after `noteKept`: bytes take their time, during which no transaction should be open.
 */
export async function reserveFile(db: Db, row: NewFile, bytesMax: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    // One at a time for each, or several at once would all find room.
    if (row.appId === null) await tx.select({ id: user.id }).from(user).where(eq(user.id, row.userId)).for('update')
    else await tx.select({ id: app.id }).from(app).where(eq(app.id, row.appId)).for('update')
    const isTheirs = row.appId === null ? and(eq(file.userId, row.userId), isNull(file.appId)) : eq(file.appId, row.appId)
    const [used] = await tx
      .select({ bytes: sum(file.bytes) })
      .from(file)
      .where(isTheirs)
    if (Number(used?.bytes ?? 0) + row.bytes > bytesMax) return false
    await tx.insert(file).values(row)
    return true
  })
}

export async function noteKept(db: Db, key: string, now: Date): Promise<void> {
  await db.update(file).set({ keptAt: now }).where(eq(file.key, key))
}

export async function findFile(db: Db, key: string): Promise<FileRow | undefined> {
  const [row] = await db
    .select()
    .from(file)
    .where(and(eq(file.key, key), isNotNull(file.keptAt)))
  return row
}

/** False when the owner has no such file. */
export async function deleteFile(db: Db, key: string, userId: number): Promise<boolean> {
  const deleted = await db
    .delete(file)
    .where(and(eq(file.key, key), eq(file.userId, userId)))
    .returning({ key: file.key })
  return deleted.length > 0
}

/**
 * A picture that its owner's app does not show any more is nobody's, unless another app or a document shows it: it is gone for readers, and its
 * bytes go as those that were never kept.
 */
export async function giveUpLogo(db: Db, key: string, userId: number): Promise<void> {
  const shown = or(
    exists(
      db
        .select({ id: app.id })
        .from(app)
        .where(and(eq(app.logo, key), isNull(app.deletedAt))),
    ),
    exists(db.select({ id: operation.id }).from(operation).where(contains(operation.doc, key))),
  )
  await db
    .update(file)
    .set({ keptAt: null })
    .where(and(eq(file.key, key), eq(file.userId, userId), isNull(file.appId), not(shown!)))
}

/** Keys of those that were never kept: whoever brought them died on the way. */
export async function takeUnkept(db: Db, madeBefore: Date): Promise<string[]> {
  const taken = await db
    .delete(file)
    .where(and(isNull(file.keptAt), lt(file.createdAt, madeBefore)))
    .returning({ key: file.key })
  return taken.map(({ key }) => key)
}
