// The token of an app that speaks for itself (OAuth's client_credentials). Nobody but we ever reads it, so it is no JWT but a number, kept
// where the library keeps it.

import { findArtifact } from '#core/oauth/artifact.store.ts'
import type { Db } from '#db/open.ts'

/** The public id of its app; undefined when it is none, or has ended. */
export async function appOfToken(db: Db, text: string, now: Date): Promise<string | undefined> {
  const { payload } = (await findArtifact(db, 'ClientCredentials', text)) ?? {}
  const { clientId, exp } = (payload ?? {}) as { clientId?: string; exp?: number }
  return exp !== undefined && exp * 1000 > now.getTime() ? clientId : undefined
}
