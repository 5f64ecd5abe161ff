// Files in the data dir: one file a key, which only we may read.

import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isFileKey } from './file.ts'
import type { FileStore } from './file-store.ts'

export function createDiskStore(dataDir: string): FileStore {
  const folder = join(dataDir, 'files')
  const placeOf = (key: string) => {
    if (!isFileKey(key)) throw new Error('not a key of a file')
    return join(folder, key)
  }
  return {
    // Renamed: nobody ever reads half of it. What arrives lies in the same data dir.
    async keep(key, place) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await rename(place, placeOf(key))
    },
    async read(key) {
      try {
        return (await open(placeOf(key))).createReadStream()
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    remove: (key) => rm(placeOf(key), { force: true }),
  }
}
