// A call signed by its parameters (`openapi`, `hmac-sha256`, `rsa2`, `sm2`): `appId`, `timestamp`, `nonce`, `sign` and `signType` stand
// beside the business parameters, in the query or in a JSON or form body (contract §2, settled C1–C7, F9, F11).

import type { CallerApp } from '#core/app/app.ts'
import { fingerprint, readMs } from '#core/app/nonces.ts'
import { checkSigned, type Verifier } from '#core/app/signed.ts'
import type { Evidence, OperationDocument } from '#core/feed/document.ts'
import { schemeFor, signTypes } from '#schemes/index.ts'
import type { Parameter } from '#schemes/parameters.ts'
import type { Scheme } from '#schemes/scheme.ts'
import type { Claim, Found, Payload } from './call.ts'
import { invalid, readParameters, sentText } from './payload.ts'
import { Refusal, refuse } from './refusal.ts'
import type { Snapshot } from './snapshot.ts'
import type { Exchange } from './transport/exchange.ts'

const nonceLengthMax = 128
const ownParameters: ReadonlySet<string> = new Set(['appId', 'timestamp', 'nonce', 'sign', 'signType'])
const ownFields: ReadonlySet<string> = new Set()

/** `bearer` is the app of the call's token, where the operation wants one too. */
export function claimByParameters(
  found: Found,
  body: Buffer,
  exchange: Exchange,
  bearer: CallerApp | undefined,
  snapshot: Snapshot,
  verifier: Verifier,
): Claim | Refusal {
  const read = readParameters(found, body, exchange)
  if (read instanceof Refusal) return read
  const { payload, parameters } = read

  let appId: string | undefined
  let timestamp: string | undefined
  let nonce: string | undefined
  let sign: string | undefined
  let signType: string | undefined
  for (const { name, text } of parameters) {
    if (!text) continue
    if (name === 'appId') appId = text
    else if (name === 'timestamp') timestamp = text
    else if (name === 'nonce') nonce = text
    else if (name === 'sign') sign = text
    else if (name === 'signType') signType = text
  }
  const scheme = schemeFor(signType)
  const flaw = flawOf(found.operation, parameters, { appId, sign, nonce, signType, scheme }, bearer)
  if (flaw) return flaw.saidBy(appId)
  const app = bearer ?? snapshot.app(appId!)
  return new ParameterClaim(found, app, payload, scheme!, parameters, readMs(timestamp), sign!, verifier)
}

interface Given {
  readonly appId: string | undefined
  readonly sign: string | undefined
  readonly nonce: string | undefined
  readonly signType: string | undefined
  readonly scheme: Scheme | undefined
}

/** What keeps it from being a claim at all. */
function flawOf(
  operation: OperationDocument,
  parameters: readonly Parameter[],
  given: Given,
  bearer: CallerApp | undefined,
): Refusal | undefined {
  const { appId, sign, nonce, signType, scheme } = given
  if (appId === undefined && sign === undefined && !bearer) return refuse('missing_credentials')
  if (appId === undefined) return refuse('signature_missing', { name: 'appId' })
  if (sign === undefined) return refuse('signature_missing', { name: 'sign' })
  if (bearer && bearer.document.appId !== appId) return refuse('invalid_token')
  if (nonce !== undefined && nonce.length > nonceLengthMax) return invalid('field', { name: 'nonce', problem: `> ${nonceLengthMax}` })
  // It would hold the parameters behind it, which are signed alike, and keep them from the service.
  if (nonce?.includes('&')) return invalid('field', { name: 'nonce', problem: '&' })

  if (!scheme) return invalid('unknown_sign_type', { value: signType ?? '', known: signTypes })
  if (scheme.signsEmpty) return undefined
  // Nobody signed them, so anybody could have added them.
  const unsigned = parameters.find(({ name, text }) => !text && !ownParameters.has(name) && !isNamed(operation, name))
  return unsigned && invalid('empty_unsigned', { name: unsigned.name })
}

function isNamed({ paramSchema }: OperationDocument, name: string): boolean {
  return Object.hasOwn((paramSchema?.properties ?? {}) as object, name)
}

class ParameterClaim implements Claim {
  readonly found: Found
  readonly app: CallerApp | undefined
  readonly payload: Payload
  readonly signedAt: number | undefined
  readonly expiresAt = undefined
  readonly ownParameters = ownParameters
  readonly ownFields = ownFields
  readonly #scheme: Scheme
  readonly #parameters: readonly Parameter[]
  readonly #sign: string
  readonly #verifier: Verifier
  #content = ''

  constructor(
    found: Found,
    app: CallerApp | undefined,
    payload: Payload,
    scheme: Scheme,
    parameters: readonly Parameter[],
    signedAt: number | undefined,
    sign: string,
    verifier: Verifier,
  ) {
    this.found = found
    this.app = app
    this.payload = payload
    this.signedAt = signedAt
    this.#scheme = scheme
    this.#parameters = parameters
    this.#sign = sign
    this.#verifier = verifier
  }

  get scheme() {
    return this.#scheme.name
  }

  verify(now: number, done: (held: boolean | 'busy') => void): void {
    const { method, path } = this.found
    this.#content = this.#scheme.stringToSign({ method, path, parameters: this.#parameters })
    checkSigned({ app: this.app, scheme: this.#scheme, stringToSign: this.#content, sign: this.#sign }, this.#verifier, now, done)
  }

  // Nonces are looked for in what was signed, not among the parameters: `a=1&nonce=N` is signed alike as two parameters and as one
  // whose value holds the other (settled F9). However a call is cut up the second time, it has the same nonces. Without a nonce, all
  // that was signed has to be new.
  fingerprints(appId: string): bigint[] {
    const content = this.#content
    const prints: bigint[] = []
    for (let at = content.indexOf(nonceMark); at >= 0; ) {
      const start = at + nonceMark.length
      at = content.indexOf('&', start)
      const nonce = at < 0 ? content.slice(start) : content.slice(start, at)
      if (nonce !== '') prints.push(fingerprint(appId, 'nonce', nonce))
      at = at < 0 ? -1 : content.indexOf(nonceMark, at)
    }
    return prints.length > 0 ? prints : [fingerprint(appId, 'content', content)]
  }

  evidence(): Evidence {
    return { scheme: this.#scheme.name, ...sentText(this.found, this.payload), sign: this.#sign }
  }
}

// `appId` sorts before it, so it is never the first.
const nonceMark = '&nonce='
