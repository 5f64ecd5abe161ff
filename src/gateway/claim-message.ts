// A call signed as an HTTP message (RFC 9421 with RFC 9530, settled A13): the signature is in fields of its own, over the method,
// the target and the digest of the body, whatever its content type.

import { type CallerApp, nobodysMessageKey } from '#core/app/app.ts'
import { fingerprint } from '#core/app/nonces.ts'
import { heldBy } from '#core/app/signed.ts'
import type { Evidence } from '#core/feed/document.ts'
import type { MessageClaim as Message } from '#schemes/message-claim.ts'
import { readMessageSignature, verifyMessageSignature } from '#schemes/rfc9421.ts'
import { Flaw } from '#schemes/signature-base.ts'
import type { Claim, Found, Payload } from './call.ts'
import { invalid, readPayload, takeBytes } from './payload.ts'
import { Refusal, refuse } from './refusal.ts'
import type { Snapshot } from './snapshot.ts'
import type { Exchange } from './transport/exchange.ts'

const ownParameters: ReadonlySet<string> = new Set()
const ownFields: ReadonlySet<string> = new Set(['signature', 'signature-input'])

export function claimByMessage(
  found: Found,
  body: Buffer,
  exchange: Exchange,
  bearer: CallerApp | undefined,
  snapshot: Snapshot,
): Claim | Refusal {
  if (body.length > 0 && (found.method === 'GET' || found.method === 'HEAD')) return invalid('body_on_get')
  const { paramSchema, projectParam } = found.operation
  const payload = paramSchema === null && projectParam === null ? takeBytes(body) : readPayload(found, body, exchange)
  if (payload instanceof Refusal) return payload
  const message = readMessageSignature({
    method: found.method,
    scheme: found.protocol,
    authority: exchange.field('host') ?? '',
    target: exchange.target,
    fieldLines: exchange.fieldLines,
    body,
  })
  if (message instanceof Flaw) return flawed(message)
  if (bearer && bearer.document.appId !== message.appId) return refuse('invalid_token')
  return new MessageClaim(found, bearer ?? snapshot.app(message.appId), payload, message)
}

function flawed({ reason, name }: Flaw): Refusal {
  switch (reason) {
    case 'field_absent':
    case 'parameter_missing':
    case 'not_covered':
      return refuse('signature_missing', { name })
    case 'digest_wrong':
      return refuse('signature_invalid', { name })
    default:
      return invalid(reason, { name })
  }
}

class MessageClaim implements Claim {
  readonly scheme = 'rfc9421'
  readonly found: Found
  readonly app: CallerApp | undefined
  readonly payload: Payload
  readonly ownParameters = ownParameters
  readonly ownFields = ownFields
  readonly #message: Message

  constructor(found: Found, app: CallerApp | undefined, payload: Payload, message: Message) {
    this.found = found
    this.app = app
    this.payload = payload
    this.#message = message
  }

  get signedAt(): number {
    return this.#message.createdAt * 1000
  }
  get expiresAt(): number | undefined {
    const { expiresAt } = this.#message
    return expiresAt === undefined ? undefined : expiresAt * 1000
  }

  verify(now: number, done: (held: boolean) => void): void {
    const { keyId } = this.#message
    const keys = this.app?.messageKeys(keyId, now) ?? []
    const held = heldBy(keys, nobodysMessageKey(keyId), (key) => verifyMessageSignature(this.#message, key))
    if (held) this.app?.noteUse(held.key, now)
    done(held !== undefined)
  }

  // The nonce is a parameter of the signature: nothing can be moved into or out of it.
  fingerprints(appId: string): bigint[] {
    return [fingerprint(appId, 'nonce', this.#message.nonce)]
  }

  evidence(): Evidence {
    const { base, keyId, alg, signature } = this.#message
    return { scheme: 'rfc9421', base, keyId: keyId ?? null, alg: alg ?? null, signature: Buffer.from(signature).toString('base64') }
  }
}
