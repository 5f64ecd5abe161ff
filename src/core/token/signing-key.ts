// Keys that sign our JWTs (EdDSA), which gateways verify and make as well. A new one comes by age or by command, and is on every gateway and
// among the published keys some minutes before it signs. The one before it verifies until all has ended that it signed; then it is retired:
// its private half is deleted, it is published no longer, and it verifies only what never ends (permanent tokens, credentials of gateways),
// which would else break without anybody having asked for that. A copy of it that got out makes none of these: they bear a MAC besides.
// When one did get out all are retired at once by command (`replaceSigningKeys`), and the new one signs from then on.

import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { Db } from '#db/open.ts'
import type { Sealer } from '#lib/seal.ts'
import { addSigningKey, findLiveSigningKeys, type NewSigningKey, retireSigningKey } from './signing-key.store.ts'
import { publishedAheadMs } from './token.ts'
import { userTokenLifeMsMax } from './user-token.ts'

const dayMs = 86_400_000
const signsForMs = 90 * dayMs
/** A gateway that the feed does not reach goes on signing by the key that it knows. */
const unreachedMs = dayMs

export function newSigningKey(sealer: Sealer, now: Date): NewSigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return {
    kid: randomBytes(8).toString('hex'),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKeySealed: sealer.seal('signing-key', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    createdAt: now,
  }
}

/** Makes a key, unless another platform made one since `unlessAfter`. */
export async function rotateSigningKey(db: Db, sealer: Sealer, now: Date, unlessAfter: Date): Promise<void> {
  await addSigningKey(db, newSigningKey(sealer, now), unlessAfter)
}

export interface Lives {
  /** Seconds. */
  readonly sessionTtl: number
  readonly tokenTtl: number
}

/** What time brings: a new key when the newest has signed for long enough, and an end of those that have nothing left to prove. */
export async function turnSigningKeys(db: Db, sealer: Sealer, { sessionTtl, tokenTtl }: Lives, now: Date): Promise<void> {
  const keys = await findLiveSigningKeys(db)
  const longAgo = new Date(now.getTime() - signsForMs)
  if (!keys[0] || keys[0].createdAt <= longAgo) await rotateSigningKey(db, sealer, now, longAgo)
  const lifeMs = Math.max(sessionTtl * 1000, tokenTtl * 1000, userTokenLifeMsMax)
  for (const [at, { id }] of keys.entries()) {
    const successor = keys[at - 1]
    if (successor && successor.createdAt.getTime() + publishedAheadMs + lifeMs + unreachedMs <= now.getTime())
      await retireSigningKey(db, id, now)
  }
}
