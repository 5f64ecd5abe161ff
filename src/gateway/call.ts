// What each stage of the walk hands to the next. Every stage but the first takes what the stage before it gives, so a wrong order
// does not compile; the types differ by a mark that exists for the compiler only, and cost nothing when the gateway runs.

import type { CallerApp } from '#core/app/app.ts'
import type { Evidence } from '#core/feed/document.ts'
import type { Renewal } from '#core/token/renewal.ts'
import type { VerifiedUserToken } from '#core/token/user-token.ts'
import type { Parameter } from '#schemes/parameters.ts'
import type { CallSchemeName } from '#schemes/scheme.ts'
import type { Opened } from './decrypt.ts'
import type { Left } from './limit-fields.ts'
import type { Match } from './match.ts'

/** A request that found its operation. */
export interface Found extends Match {
  readonly method: string
  /** As it was sent. */
  readonly path: string
  readonly query: string
  /** The caller's. */
  readonly address: string
  /** How the caller reaches us; behind a proxy of ours, how it reaches that. */
  readonly protocol: 'http' | 'https'
}

declare const passed: unique symbol
type Passed<Stage extends string> = { readonly [passed]: { readonly [Name in Stage]: true } }

/** For whom an app calls, by the token of that person. */
export interface CallUser {
  readonly token: VerifiedUserToken
  /** The scheme of the field that the token came in, where it is one of those that an app must have. */
  readonly scheme: 'member' | undefined
}

/** What a signed call says of itself; nothing of it is proven yet. Each scheme has its own: the files `claim-*.ts`. */
export interface Claim {
  readonly found: Found
  /** undefined when there is no such app; the signature is then checked all the same, and fails. */
  readonly app: CallerApp | undefined
  readonly scheme: CallSchemeName
  readonly payload: Payload
  /** Epoch milliseconds; undefined: it does not say, or not in a way that can be read. */
  readonly signedAt: number | undefined
  /** After that it is not to be taken any more, epoch milliseconds. */
  readonly expiresAt: number | undefined
  /** What only signs, and is taken out before the call goes on: names of parameters and, in lower case, of fields. */
  readonly ownParameters: ReadonlySet<string>
  readonly ownFields: ReadonlySet<string>
  /** Calls back, at once or later, with whether one of the app's keys made the signature; `busy`: nobody had the time to look. */
  verify(now: number, done: (held: boolean | 'busy') => void): void
  /** Of a call whose signature held: what it may be taken once by. */
  fingerprints(appId: string): bigint[]
  /** For an explanation of a signature that did not hold. */
  evidence(): Evidence
}

/** What a call brings besides its head. */
export interface Payload {
  readonly query: readonly Parameter[]
  /** `bytes`: parameters were not looked for in it. */
  readonly body: 'none' | 'json' | 'form' | 'bytes'
  readonly bytes: Buffer
  readonly bodyText: string
  readonly bodyParameters: readonly Parameter[]
}

export type Fresh = Claim & Passed<'freshness'>
/** The signature held: the app is who it says. */
export interface Proven {
  readonly kind: 'signed'
  readonly found: Found
  readonly claim: Fresh
  readonly app: CallerApp
  readonly user: CallUser | undefined
}
/** A bearer of a good token; nothing but the token is proven. */
export interface Bearer {
  readonly kind: 'bearer'
  readonly found: Found
  readonly app: CallerApp
  readonly user: CallUser | undefined
  /** Of a token that has just ended and is taken this once, what the app gets in its place. A signature has to hold too. */
  readonly renewal: Renewal | undefined
}
export type Active<Caller = Proven | Bearer> = Caller & Passed<'state'>
export type Unseen = Active & Passed<'replay'>
/** Of a call whose body was encrypted, the payload is what was in it. */
export interface Readable {
  readonly caller: Unseen
  readonly payload: Payload | undefined
  readonly opened: Opened | undefined
}
export type Granted = Readable & Passed<'authorize'>

/** What may go to the service. */
export interface Admitted {
  readonly found: Found
  readonly app: CallerApp | undefined
  readonly user: CallUser | undefined
  /** Parameters and body, where the call had to be read whole; else its body passes as it comes. */
  readonly payload: Payload | undefined
  /** What it was signed by, if it was. */
  readonly claim: Claim | undefined
  readonly opened: Opened | undefined
  /** What is left of the limits that it was counted against. */
  readonly left: readonly Left[]
}
