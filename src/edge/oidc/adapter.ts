// The library's storage, over our tables (ADR 14). Clients are apps; everything else is an artifact.

import { type Adapter, type AdapterPayload, errors, Provider } from 'oidc-provider'
import {
  type Artifact,
  consumeArtifact,
  dropArtifact,
  dropFamily,
  findArtifact,
  findArtifactByUid,
  keepArtifact,
} from '#core/oauth/artifact.store.ts'
import { findOAuthClient } from '#core/oauth/client.store.ts'
import { revoke } from '#core/token/revocation.store.ts'
import { type ClientDeps, metadataOf } from './client.ts'

export function adapterOver(deps: ClientDeps): (kind: string) => Adapter {
  return (kind) => (kind === 'Client' ? clients(deps) : artifacts(kind, deps))
}

function artifacts(kind: string, { db, now }: ClientDeps): Adapter {
  return {
    async upsert(id, { jti: _, ...payload }, expiresIn) {
      await keepArtifact(db, kind, id, {
        payload,
        // A grant is the head of its own family.
        grantId: kind === 'Grant' ? id : payload.grantId,
        uid: kind === 'Session' ? payload.uid : undefined,
        userId: payload.accountId === undefined ? undefined : Number(payload.accountId),
        sessionId: kind === 'Session' ? signInOfThisRequest() : undefined,
        expiresAt: payload.exp === undefined ? new Date(now().getTime() + expiresIn! * 1000) : new Date(payload.exp * 1000),
      })
    },
    async find(id) {
      const found = await findArtifact(db, kind, id)
      return found && { ...payloadOf(found), jti: id }
    },
    async findByUid(uid) {
      const found = await findArtifactByUid(db, kind, uid)
      return found && payloadOf(found)
    },
    /** No flow of ours has user codes. */
    findByUserCode: async () => undefined,
    // The library has looked whether it was used before, but of several who looked at once only one may go on.
    async consume(id) {
      if (!(await consumeArtifact(db, kind, id, now()))) throw new errors.InvalidGrant('it is used already')
    },
    async destroy(id) {
      const signIn = await dropArtifact(db, kind, id)
      if (kind === 'Session' && Provider.ctx && signIn) renamed.set(Provider.ctx, signIn)
      if (kind === 'AccessToken') await revoke(db, 'jti', id, now())
    },
    async revokeByGrantId(grantId) {
      await dropFamily(db, kind, grantId)
      if (kind === 'AccessToken') await revoke(db, 'grant', grantId, now())
    },
  }
}

function payloadOf({ payload, consumedAt }: Artifact): AdapterPayload {
  return consumedAt ? { ...payload, consumed: Math.floor(consumedAt.getTime() / 1000) } : payload
}

// A session that gets another id is dropped and kept anew, in one request.
const renamed = new WeakMap<object, string>()

/** The sign-in that a browser's session goes back to: the one that answered the library's question in this request, or the same as before. */
function signInOfThisRequest(): string | undefined {
  const { ctx } = Provider
  return ctx && ((ctx.oidc.result?.login?.signIn as string | undefined) ?? renamed.get(ctx))
}

const readOnly = (): never => {
  throw new Error('clients are apps, and those are not changed here')
}

function clients(deps: ClientDeps): Adapter {
  return {
    async find(id) {
      const client = await findOAuthClient(deps.db, id, deps.now())
      return client && metadataOf(client, deps)
    },
    upsert: readOnly,
    findByUserCode: readOnly,
    findByUid: readOnly,
    consume: readOnly,
    destroy: readOnly,
    revokeByGrantId: readOnly,
  }
}
