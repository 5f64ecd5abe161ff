// What `without-journal.ts` puts in the place of `core/app/nonce-journal.ts`.

import type { NonceJournal } from '#core/app/nonce-journal.ts'

export function openNonceJournal(): NonceJournal {
  return { append() {}, afterKept: (callback) => callback(true), close() {} }
}

export function* readNonces(): Generator<bigint> {}
