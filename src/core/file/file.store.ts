// Which files there are, and whose. Their bytes lie in a `FileStore`.

import { and, asc, eq, inArray, isNotNull, isNull, lt, sql, sum } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { app, file, user } from '#db/schema.ts'

export type FileRow = typeof file.$inferSelect
/** The row of a file whose bytes are not kept yet. */
export type NewFile = Omit<FileRow, 'keptAt' | 'usedAt'>

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
  await db.update(file).set({ keptAt: now, usedAt: now }).where(eq(file.key, key))
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

/** Keys of those that were never kept: whoever brought them died on the way. */
export async function takeUnkept(db: Db, madeBefore: Date): Promise<string[]> {
  const taken = await db
    .delete(file)
    .where(and(isNull(file.keptAt), lt(file.createdAt, madeBefore)))
    .returning({ key: file.key })
  return taken.map(({ key }) => key)
}

const judgedAtOnce = 100

/**
 * Looks at pictures of the platform's that were last seen in use before then, a piece at a time: those that are a logo, or that a document
 * shows, are in use now; the keys of the others are answered, which are gone. What came by way of an app is the app's to know.
 */
export async function takeUnused(db: Db, usedBefore: Date, now: Date): Promise<{ judged: number; gone: string[] }> {
  return db.transaction(async (tx) => {
    // Held first and asked about then: who makes one a logo in between waits, or was seen.
    const held = await tx
      .select({ key: file.key })
      .from(file)
      .where(and(isNull(file.appId), isNotNull(file.keptAt), lt(file.usedAt, usedBefore)))
      .orderBy(asc(file.usedAt))
      .limit(judgedAtOnce)
      .for('update', { skipLocked: true })
    if (held.length === 0) return { judged: 0, gone: [] }
    const keys = held.map(({ key }) => key)
    const { rows } = await tx.execute<{ key: string }>(sql`
      select found[1] as key
      from (select logo as shown from app where deleted_at is null union all select doc from operation where deleted_at is null) as places
        cross join lateral regexp_matches(shown, '[0-9a-f]{32}', 'g') as found
      where found[1] = any(${sql.param(keys)}::text[])`)
    const used = new Set(rows.map(({ key }) => key))
    const gone = keys.filter((key) => !used.has(key))
    if (used.size > 0) await tx.update(file).set({ usedAt: now }).where(inArray(file.key, [...used])) // biome-ignore format: one thought
    if (gone.length > 0) await tx.delete(file).where(inArray(file.key, gone))
    return { judged: keys.length, gone }
  })
}
