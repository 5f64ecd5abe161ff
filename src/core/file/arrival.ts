// Files on their way in: written to the disk as they come, so that nobody's upload takes memory. What is not kept is gone with its
// request; what a killed platform left is gone with the next start.

import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { headBytes } from './file.ts'

/** A file that is here, and nobody's yet. */
export interface Arrived extends AsyncDisposable {
  readonly place: string
  readonly bytes: number
  /** How it begins. */
  readonly head: Uint8Array
}

export class TooLarge extends Error {}

const folderIn = (dataDir: string) => join(dataDir, 'files', 'arriving')

/** Throws `TooLarge` at the first byte too many. */
export async function receive(dataDir: string, content: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Arrived> {
  const folder = folderIn(dataDir)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const place = join(folder, randomUUID())
  const head: Uint8Array[] = []
  let bytes = 0
  const file = await open(place, 'wx', 0o600)
  try {
    for await (const chunk of content) {
      if (bytes < headBytes) head.push(chunk.slice(0, headBytes - bytes))
      bytes += chunk.length
      if (bytes > bytesMax) throw new TooLarge()
      await file.writeFile(chunk)
    }
  } catch (error) {
    await rm(place)
    throw error
  } finally {
    await file.close()
  }
  return { place, bytes, head: Buffer.concat(head), [Symbol.asyncDispose]: () => rm(place, { force: true }) }
}

/** Only before anything is received. */
export async function forgetHalfArrived(dataDir: string): Promise<void> {
  const folder = folderIn(dataDir)
  const left = await readdir(folder).catch((): string[] => [])
  await Promise.all(left.map((name) => rm(join(folder, name))))
}
