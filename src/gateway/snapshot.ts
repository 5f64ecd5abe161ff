// What the gateway serves from: the documents of the feed, indexed for the questions that a call asks.
// Changes are applied between two turns of the event loop, so a call sees all of a revision or nothing of it;
// a document is never altered, only replaced, so a call that holds one keeps what it decided on.

import { CallerApp } from '#core/app/app.ts'
import { SecretUses } from '#core/app/secret-uses.ts'
import type { FeedLine, OperationDocument, ServiceDocument, SigningKeyDocument } from '#core/feed/document.ts'
import { Revocations } from '#core/token/revocation.ts'
import { type Claims, createTokens, type Tokens } from '#core/token/token.ts'
import { createUserTokens, type UserTokens, type VerifiedUserToken } from '#core/token/user-token.ts'
import type { Sealer } from '#lib/seal.ts'
import { compileRoutes, type Routes } from './match.ts'

/** Verified tokens are remembered, for EdDSA costs more than the rest of the walk together. About 1 KB each. */
const rememberedTokensMax = 10_000

/** A token that we take at the gateway: of an app (a permanent one has a `jti`), or of a person through an app. */
export type BearerToken =
  | { readonly kind: 'app'; readonly claims: Claims; readonly expiresAt: number }
  | ({ readonly kind: 'user' } & VerifiedUserToken)

export class Snapshot {
  readonly #sealer: Sealer
  readonly #apps = new Map<string, CallerApp>()
  readonly #appIds = new Map<number, string>()
  readonly #operations = new Map<number, OperationDocument>()
  readonly #services = new Map<number, ServiceDocument>()
  readonly #keys = new Map<number, SigningKeyDocument>()
  #routes: Routes = compileRoutes([])
  #tokens: Tokens
  #userTokens: UserTokens
  readonly #verified = new Map<string, BearerToken>()
  readonly revocations = new Revocations()
  /** Outlives its apps, which are replaced whole at each change. */
  readonly secretUses = new SecretUses()
  /** Which database this comes from, and how far: what the feed is asked for next. */
  instance = ''
  revision = 0
  /** Whether a first whole snapshot has come. */
  isComplete = false

  constructor(sealer: Sealer) {
    this.#sealer = sealer
    this.#tokens = createTokens([], sealer)
    this.#userTokens = createUserTokens(this.#tokens, sealer)
  }

  get routes(): Routes {
    return this.#routes
  }
  get tokens(): Tokens {
    return this.#tokens
  }
  app(appId: string): CallerApp | undefined {
    return this.#apps.get(appId)
  }
  service(id: number): ServiceDocument | undefined {
    return this.#services.get(id)
  }

  /** `expired` only for a token that is ours. Whether it was ended before its time is not asked here. */
  verifyToken(text: string, now: number): BearerToken | 'invalid' | 'expired' {
    const known = this.#verified.get(text)
    if (known) return known.expiresAt <= now ? 'expired' : known
    const token = this.#verifyAnew(text, now)
    if (typeof token === 'string') return token
    if (this.#verified.size >= rememberedTokensMax) this.#verified.clear()
    // A copy: the text of the field may be a slice that keeps the whole head of the request alive.
    this.#verified.set(Buffer.from(text, 'latin1').toString('latin1'), token)
    return token
  }

  /** Of an app token that has ended, at most so long ago: what it said. */
  endedAppToken(text: string, agoMsMax: number, now: number): Claims | undefined {
    const known = this.#verified.get(text)
    if (known) return known.kind === 'app' && known.expiresAt + agoMsMax > now ? known.claims : undefined
    const claims = this.#tokens.verify('app', text, now - agoMsMax)
    return typeof claims === 'string' ? undefined : claims
  }

  #verifyAnew(text: string, now: number): BearerToken | 'invalid' | 'expired' {
    let claims = this.#tokens.verify('app', text, now)
    if (claims === 'invalid') claims = this.#tokens.verify('permanent', text, now)
    if (typeof claims === 'object') return { kind: 'app', claims, expiresAt: (claims.exp ?? Number.POSITIVE_INFINITY) * 1000 }
    if (claims === 'expired') return claims
    const token = this.#userTokens.verify(text, now)
    return typeof token === 'string' ? token : { kind: 'user', ...token }
  }

  /** Throws when the platform seals under another master key than ours: named here, not at the first call. */
  requireReadable(lines: readonly FeedLine[]): void {
    for (const line of lines) if (line.kind === 'signing_key' && !line.retired) this.#sealer.open('signing-key', line.privateKeySealed)
  }

  /** Applies one complete set of lines, as the feed sends it: documents, what is gone, and the revision that they make. */
  apply(lines: readonly FeedLine[]): void {
    let operationsChanged = false
    let keysChanged = false
    for (const line of lines) {
      switch (line.kind) {
        case 'reset':
          this.#clear(line.instance)
          operationsChanged = keysChanged = true
          break
        case 'app':
          this.#dropApp(line.id)
          this.#apps.set(line.appId, new CallerApp(line, this.#sealer, this.secretUses))
          this.#appIds.set(line.id, line.appId)
          break
        case 'operation':
          this.#operations.set(line.id, line)
          operationsChanged = true
          break
        case 'service':
          this.#services.set(line.id, line)
          break
        case 'signing_key':
          this.#keys.set(line.id, line)
          keysChanged = true
          break
        case 'revocation':
          this.revocations.add(line)
          break
        case 'gone':
          if (line.of === 'app') this.#dropApp(line.id)
          else if (line.of === 'operation') operationsChanged = this.#operations.delete(line.id) || operationsChanged
          else if (line.of === 'service') this.#services.delete(line.id)
          else if (line.of === 'signing_key') keysChanged = this.#keys.delete(line.id) || keysChanged
          // A revocation is forgotten by its own time.
          break
        case 'revision':
          this.revision = line.revision
          this.isComplete = true
          break
      }
    }
    if (operationsChanged) this.#routes = compileRoutes(this.#operations.values())
    if (keysChanged) {
      this.#tokens = createTokens([...this.#keys.values()], this.#sealer)
      this.#userTokens = createUserTokens(this.#tokens, this.#sealer)
      this.#verified.clear()
    }
  }

  /** The lines that would make this snapshot from nothing. */
  *lines(): Generator<FeedLine> {
    yield { kind: 'reset', instance: this.instance }
    yield* this.#keys.values()
    yield* this.#services.values()
    yield* this.#operations.values()
    for (const app of this.#apps.values()) yield app.document
    yield* this.revocations.values()
    yield { kind: 'revision', revision: this.revision }
  }

  #clear(instance: string): void {
    this.#apps.clear()
    this.#appIds.clear()
    this.#operations.clear()
    this.#services.clear()
    this.#keys.clear()
    this.revocations.clear()
    this.instance = instance
    this.revision = 0
  }

  #dropApp(id: number): void {
    const appId = this.#appIds.get(id)
    if (appId !== undefined) this.#apps.delete(appId)
    this.#appIds.delete(id)
  }
}
