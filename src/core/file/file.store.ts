// Which files there are, and whose. Their bytes lie in the data dir (`file.ts`).

import { and, eq, sum } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { file, user } from '#db/schema.ts'

export type FileRow = typeof file.$inferSelect

/**
 * Keeps a file, bytes and row, unless its owner would then have more than `bytesOfOneMax`: false, and nothing is kept. `write` puts
 * the bytes where they belong; when it fails there is no row.
 */
export async function insertFile(db: Db, row: FileRow, bytesOfOneMax: number, write: () => Promise<void>): Promise<boolean> {
  return db.transaction(async (tx) => {
    // One at a time for each owner, or several at once would all find room.
    await tx.select({ id: user.id }).from(user).where(eq(user.id, row.userId)).for('update')
    const [used] = await tx
      .select({ bytes: sum(file.bytes) })
      .from(file)
      .where(eq(file.userId, row.userId))
    if (Number(used?.bytes ?? 0) + row.bytes > bytesOfOneMax) return false
    await tx.insert(file).values(row)
    await write()
    return true
  })
}

export async function findFile(db: Db, key: string): Promise<FileRow | undefined> {
  const [row] = await db.select().from(file).where(eq(file.key, key))
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
