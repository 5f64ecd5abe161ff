// What each stage of the walk hands to the next. Every stage but the first takes what the stage before it gives, so a wrong order
// does not compile; the types differ by a mark that exists for the compiler only, and cost nothing when the gateway runs.

import type { CallerApp } from '#core/app/app.ts'
import type { Parameter } from '#schemes/parameters.ts'
import type { Scheme } from '#schemes/scheme.ts'
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
}

declare const passed: unique symbol
type Passed<Stage extends string> = { readonly [passed]: { readonly [Name in Stage]: true } }

/** What a signed call says of itself, with its parameters read; nothing of it is proven yet. */
export interface Claim {
  readonly kind: 'signed'
  readonly found: Found
  /** undefined when there is no such app; the signature is then checked all the same, and fails. */
  readonly app: CallerApp | undefined
  readonly scheme: Scheme
  readonly parameters: readonly Parameter[]
  readonly timestamp: string | undefined
  readonly nonce: string | undefined
  readonly sign: string
  readonly payload: Payload
}

/** Where the parameters stood, so that those of the signature can be taken out again. */
export interface Payload {
  readonly query: readonly Parameter[]
  readonly body: 'none' | 'json' | 'form'
  readonly bodyText: string
  readonly bodyParameters: readonly Parameter[]
}

export type Fresh = Claim & Passed<'freshness'>
/** The signature held: the app is who it says. `content` is what was signed. */
export interface Proven {
  readonly kind: 'signed'
  readonly found: Found
  readonly claim: Fresh
  readonly app: CallerApp
  readonly content: string
}
/** A bearer of a good token; nothing but the token is proven. */
export interface Bearer {
  readonly kind: 'bearer'
  readonly found: Found
  readonly app: CallerApp
}
export type Active<Caller = Proven | Bearer> = Caller & Passed<'state'>
export type Unseen = Active & Passed<'replay'>
export type Granted = Unseen & Passed<'authorize'>

/** What may go to the service. */
export interface Admitted {
  readonly found: Found
  readonly app: CallerApp | undefined
  /** Parameters and body, where the call had to be read whole; else its body passes as it comes. */
  readonly payload: Payload | undefined
  /** The parameters of its signature are taken out before it goes on. */
  readonly isSigned: boolean
  /** What is left of the limits that it was counted against. */
  readonly left: readonly Left[]
}
