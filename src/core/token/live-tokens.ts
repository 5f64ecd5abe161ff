// The platform's tokens, under the keys that there are now: those are read again and again, so that what one platform rotates the others know
// before it signs (`signing-key.ts`).

import { signingKeyDocuments } from '#core/feed/feed.store.ts'
import type { Db } from '#db/open.ts'
import type { Sealer } from '#lib/seal.ts'
import { createTokens, type Tokens } from './token.ts'

export interface LiveTokens extends Tokens {
  /** Reads the keys anew. */
  refresh(): Promise<void>
}

export async function openLiveTokens(db: Db, sealer: Sealer): Promise<LiveTokens> {
  let tokens = createTokens(await signingKeyDocuments(db), sealer)
  return {
    sign: (...given) => tokens.sign(...given),
    verify: (...given) => tokens.verify(...given),
    async refresh() {
      tokens = createTokens(await signingKeyDocuments(db), sealer)
    },
  }
}
