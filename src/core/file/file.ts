// Pictures that people give us. What one is, its bytes say, not its sender; and only kinds that cannot carry a program are taken.

import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** How they begin, in hexadecimal. An SVG can hold scripts, so it is none of them. */
const beginnings: readonly [type: string, begins: RegExp][] = [
  ['image/png', /^89504e470d0a1a0a/],
  ['image/jpeg', /^ffd8ff/],
  ['image/webp', /^52494646.{8}57454250/],
  ['image/gif', /^47494638(?:37|39)61/],
]
export const pictureTypes = beginnings.map(([type]) => type)
export const pictureBytesMax = 1024 * 1024
/** All files of one person together. */
export const bytesOfOneMax = 20 * 1024 * 1024

const keyForm = /^[0-9a-f]{32}$/

/** 128 bits: who has a key was given it. */
export function newFileKey(): string {
  return randomBytes(16).toString('hex')
}

export function isFileKey(text: string): boolean {
  return keyForm.test(text)
}

/** The type of a picture that we take, or undefined. */
export function pictureType(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('hex')
  return beginnings.find(([, begins]) => begins.test(start))?.[0]
}

/** Where bytes lie: one file a key, below the data dir. Keys are of our making, or they are not asked for. */
export interface FileFolder {
  write(key: string, bytes: Uint8Array): Promise<void>
  /** undefined when there is none. */
  read(key: string): Promise<Uint8Array | undefined>
  remove(key: string): Promise<void>
}

export function openFileFolder(dataDir: string): FileFolder {
  const folder = join(dataDir, 'files')
  const placeOf = (key: string) => {
    if (!isFileKey(key)) throw new Error('not a key of a file')
    return join(folder, key)
  }
  return {
    // Written beside and renamed: nobody ever reads half of it.
    async write(key, bytes) {
      const place = placeOf(key)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeFile(`${place}.new`, bytes, { mode: 0o600 })
      await rename(`${place}.new`, place)
    },
    async read(key) {
      return readFile(placeOf(key)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
    },
    remove: (key) => rm(placeOf(key), { force: true }),
  }
}
