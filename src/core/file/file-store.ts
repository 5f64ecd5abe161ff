// Where the bytes of files lie, by their keys. Keys are of our making, or they are not asked for.

import type { Readable } from 'node:stream'
import { fault } from '#core/fault.ts'

export interface FileStore {
  /** Keeps what stands in a file of this machine, which it may take away. Whole or not at all. */
  keep(key: string, place: string, type: string): Promise<void>
  /** undefined when there is none. */
  read(key: string): Promise<Readable | undefined>
  /** Also when there is none. */
  remove(key: string): Promise<void>
}

/** The same, whose failures are ours to tell: nobody who asked did anything wrong. */
export function faultyStore(store: FileStore): FileStore {
  const told = <T>(work: Promise<T>) =>
    work.catch((error: unknown) => {
      throw fault('file_store_unavailable', {}, { cause: error })
    })
  return {
    keep: (...of) => told(store.keep(...of)),
    read: (key) => told(store.read(key)),
    remove: (key) => told(store.remove(key)),
  }
}
