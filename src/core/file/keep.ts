// Keeps a file that has arrived: room first, then its bytes, then it is there.

import { fault } from '#core/fault.ts'
import type { Db } from '#db/open.ts'
import type { Arrived } from './arrival.ts'
import { deleteFile, noteKept, reserveFile, takeUnkept, takeUnused } from './file.store.ts'
import { newFileKey } from './file.ts'
import type { FileStore } from './file-store.ts'

export interface KeepDeps {
  readonly db: Db
  readonly files: FileStore
  now(): Date
}

export interface Owner {
  readonly userId: number
  /** The app's row, when it came by way of one; then `bytesMax` is about the app. */
  readonly appId: number | null
  readonly name: string | null
}

/** Answers its key; throws `file_quota_exceeded`. */
export async function keepFile(
  { db, files, now }: KeepDeps,
  arrived: Arrived,
  contentType: string,
  owner: Owner,
  bytesMax: number,
): Promise<string> {
  const key = newFileKey()
  const row = { key, contentType, bytes: arrived.bytes, ...owner, createdAt: now() }
  if (!(await reserveFile(db, row, bytesMax))) throw fault('file_quota_exceeded', { bytesMax })
  try {
    await files.keep(key, arrived.place, contentType)
  } catch (error) {
    await deleteFile(db, key, owner.userId)
    throw error
  }
  await noteKept(db, key, now())
  return key
}

/** Longer than any store takes. */
const unkeptMs = 3_600_000

/** Gives back the room of files that never got there. */
export async function forgetUnkept({ db, files, now }: KeepDeps): Promise<void> {
  for (const key of await takeUnkept(db, new Date(now().getTime() - unkeptMs))) await files.remove(key)
}

const unusedMs = 86_400_000

/** Deletes a piece of the pictures that nothing has shown for a day. Answers how many it looked at. */
export async function forgetUnused({ db, files, now }: KeepDeps): Promise<number> {
  const { judged, gone } = await takeUnused(db, new Date(now().getTime() - unusedMs), now())
  for (const key of gone) await files.remove(key)
  return judged
}
