// Keys that sign ID tokens: RS256, which every client of OpenID Connect understands (its one mandatory algorithm). A new one comes by age
// or by command. It is published some minutes before it signs, so that every platform and every client knows it by then; and the one
// before it stays published as long as anybody may show what it signed.

import { generateKeyPair, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { Db } from '#db/open.ts'
import type { Sealer } from '#lib/seal.ts'
import { addIdTokenKey, findIdTokenKeys, type IdTokenKeyRow } from './id-token-key.store.ts'

const makeKeyPair = promisify(generateKeyPair)

const dayMs = 86_400_000
const signsForMs = 90 * dayMs
const publishedAheadMs = 5 * 60_000
/** An ID token ends after an hour, but is shown again as a hint for as long as a browser's session lasts. */
const publishedAfterMs = 14 * dayMs

/** Keys made before then have nothing left to prove. */
export function outlivedBefore(now: Date): Date {
  return new Date(now.getTime() - signsForMs - publishedAheadMs - publishedAfterMs)
}

/** All that are published, the one that signs first; makes one when there is none, or when the newest has signed for long enough. */
export async function idTokenKeys(db: Db, sealer: Sealer, now: Date): Promise<IdTokenKeyRow[]> {
  const found = await findIdTokenKeys(db)
  const isDue = found[0] === undefined || now.getTime() - found[0].createdAt.getTime() >= signsForMs
  return inOrder(isDue ? await rotateIdTokenKey(db, sealer, now, new Date(now.getTime() - signsForMs)) : found, now)
}

/** Makes a key, unless another platform made one since `unlessAfter`; answers all, newest first. */
export async function rotateIdTokenKey(db: Db, sealer: Sealer, now: Date, unlessAfter: Date): Promise<IdTokenKeyRow[]> {
  await addIdTokenKey(db, await newIdTokenKey(sealer, now), unlessAfter)
  return findIdTokenKeys(db)
}

export async function newIdTokenKey(sealer: Sealer, now: Date): Promise<IdTokenKeyRow> {
  const { privateKey } = await makeKeyPair('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return { kid: randomBytes(8).toString('hex'), privateKeySealed: sealer.seal('id-token-key', privateKey), createdAt: now }
}

/** Newest first, but one that is too new to sign after those that are not. */
export function inOrder(newestFirst: readonly IdTokenKeyRow[], now: Date): IdTokenKeyRow[] {
  const isKnown = ({ createdAt }: IdTokenKeyRow) => now.getTime() - createdAt.getTime() >= publishedAheadMs
  return [...newestFirst.filter(isKnown), ...newestFirst.filter((key) => !isKnown(key))]
}
