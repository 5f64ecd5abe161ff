// The shape of every endpoint of the management API: what it takes, what it answers, and one function.
// Who may call it stands in `routes.ts`; the envelope, parsing and faults are the server's business.

import type { Readable } from 'node:stream'
import type { z } from 'zod'
import type { Config } from '#config.ts'
import type { Nonces } from '#core/app/nonces.ts'
import type { Verifier } from '#core/app/signed.ts'
import type { Attempt, Letter } from '#core/event/event.ts'
import type { RunningCount } from '#core/feed/document.ts'
import type { FileStore } from '#core/file/file-store.ts'
import type { Permission } from '#core/role/permission.ts'
import type { Tokens } from '#core/token/token.ts'
import type { Passwords } from '#core/user/password.ts'
import type { SmsOutbox } from '#core/user/sms-provider.ts'
import type { TransportKeys } from '#core/user/transport-key.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import type { Actor } from '#db/actor.ts'
import type { Db } from '#db/open.ts'
import type { Demo } from '#edge/demo/echo.ts'
import type { LiveGateway } from '#edge/feed/live-gateways.ts'
import type { OutwardBounds } from '#lib/outward.ts'
import type { Sealer } from '#lib/seal.ts'
import type { Language } from '#text/text.ts'

/** What handlers work with. Time and chance come from here too, so that tests can hold them still. */
export interface ManagementDeps {
  /**
   * Of a request that may change something, and of a signed-in person, one transaction around the handler: it is done whole or not at
   * all, and says to the audit who it is for. A `db.transaction` inside is a savepoint; a broken constraint that the handler wants to
   * survive has to happen in one.
   */
  readonly db: Db
  dbAs(actor: Actor): Db
  /** Says to nobody who it is for: for writes that the audit does not keep, of which there are many. A statement is one round trip. */
  readonly plainDb: Db
  readonly config: Config
  readonly sealer: Sealer
  readonly tokens: Tokens
  readonly nonces: Nonces
  readonly verifier: Verifier
  readonly passwords: Passwords
  readonly transportKeys: TransportKeys
  readonly sms: SmsOutbox
  /** Tells the worker of new deliveries, once they are committed; it would find them by itself a little later. */
  wakeDeliveries(appIds: readonly number[]): void
  /** Sends something to a callback address, once, by the rules for events. */
  postLetter(letter: Letter, time: Date): Promise<Attempt>
  readonly files: FileStore
  readonly demo: Demo
  /** Whether an address, or a name, is that of a listener of ours. */
  readonly isOwn: OutwardBounds['isOwn']
  now(): Date
  /** The keys that sign tokens are others now; not to wait until this process looks by itself. */
  readKeysAgain(): Promise<void>
  /** Asks the gateways for the counts of this moment, waits a little for them, and answers those of the running second. */
  freshUsage(): Promise<RunningCount[]>
  /** Those heard in the last minute, with what they last told. */
  gateways(): LiveGateway[]
}

export interface Input<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** The body as it was sent, where the exact text matters. */
  readonly bodyText: string
  /** Of the caller. */
  readonly language: Language
  /** The caller's: that of the connection, or what a trusted proxy says it is. */
  readonly address: string
  /** The field `User-Agent`; '' when there is none. */
  readonly userAgent: string
  /** The field `Accept`. */
  readonly accept: string
}

/** An answer that is a file and not an envelope: bytes, or pieces of which only one is in memory at a time. */
export class Raw {
  readonly bytes: Uint8Array | AsyncIterable<string> | Readable
  /** Lower-case names; `content-type` is one of them. */
  readonly fields: Readonly<Record<string, string>>

  constructor(bytes: Raw['bytes'], fields: Readonly<Record<string, string>>) {
    this.bytes = bytes
    this.fields = fields
  }
}

type Schema = z.ZodType
type Out<S> = S extends Schema ? z.output<S> : undefined

export interface Endpoint<
  Who = Viewer | undefined,
  P = Schema | undefined,
  Q = Schema | undefined,
  B = Schema | undefined,
  A = Schema | undefined,
> {
  /** One line for the documentation, in English and Chinese. */
  readonly summary: { readonly en: string; readonly zh: string }
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  /**
   * The body is a form (multipart/form-data), and this the most bytes of a file in it. Fields arrive as texts, files as `File`
   * (`z.file()`); what their sender says of them is not to be believed.
   */
  readonly upload?: number
  /** The schema of `data`. */
  readonly answer?: A
  /** Of an endpoint that answers `Raw`: the types that it may have, for the documentation. */
  readonly raw?: readonly string[]
  /**
   * `db` is no transaction: the handler waits for something slow (a password's hash, another server), during which it must not hold
   * a connection, or it writes what a refusal must not undo (a count of failures). Writes say who they are for all the same.
   */
  readonly ownTransactions?: true
  handle(input: Input<Out<P>, Out<Q>, Out<B>>, deps: ManagementDeps, viewer: Who): Promise<unknown> | unknown
}

// biome-ignore lint/suspicious/noExplicitAny: the table holds endpoints of all inputs; each was checked where it was made
export type AnyEndpoint<Who> = Endpoint<Who, any, any, any, any>

/** The value itself; what it says of its schemas is what its function is given and has to answer. */
function endpointOf<Who>() {
  return <
    P extends Schema | undefined = undefined,
    Q extends Schema | undefined = undefined,
    B extends Schema | undefined = undefined,
    A extends Schema | undefined = undefined,
  >(
    shape: Endpoint<Who, P, Q, B, A>,
  ): Endpoint<Who, P, Q, B, A> => shape
}

/** An endpoint for a signed-in person. */
export const endpoint = endpointOf<Viewer>()

/** Who may send events: a person of HQ, or an internal app. */
export type Sender = Viewer | InternalApp

/** An app that came with its token, and is marked internal. */
export interface InternalApp {
  /** The row id. */
  readonly internalAppId: number
}

/** An endpoint for who sends events. */
export const senderEndpoint = endpointOf<Sender>()

/** Any app that came with its token. */
export interface CallingApp {
  /** The row id. */
  readonly appId: number
}

/** An endpoint for an app, about its own. */
export const appEndpoint = endpointOf<CallingApp>()

/** An endpoint for anyone. */
export const openEndpoint = endpointOf<undefined>()

/**
 * Who may call: `anyone`; anyone `signedIn`; the same, also who has to set up a second factor first (`enrolling`);
 * an operator with a permission (`hq`); `own`: an operator with the permission, else a developer, who then sees and touches only what is
 * theirs; a `sender`: an operator with the permission, or an internal app by its token (settled A10); or an `app` by its token.
 */
export type Who =
  | { readonly kind: 'anyone' }
  | { readonly kind: 'signedIn' }
  | { readonly kind: 'enrolling' }
  | { readonly kind: 'hq'; readonly permission: Permission }
  | { readonly kind: 'own'; readonly permission: Permission }
  | { readonly kind: 'sender'; readonly permission: Permission }
  | { readonly kind: 'app' }

export const anyone = { kind: 'anyone' } as const
export const signedIn = { kind: 'signedIn' } as const
export const app = { kind: 'app' } as const
export const enrolling = { kind: 'enrolling' } as const
export const hq = (permission: Permission) => ({ kind: 'hq', permission }) as const
export const own = (permission: Permission) => ({ kind: 'own', permission }) as const
export const sender = (permission: Permission) => ({ kind: 'sender', permission }) as const

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Whole, with `{name}` for what varies. */
  readonly path: string
  readonly who: Who
  readonly endpoint: AnyEndpoint<Sender | CallingApp | undefined>
}

/** A row as the compiler knows it, so that who calls us in TypeScript (the console) has the types of it. */
export interface RouteOf<M extends Route['method'], Path extends string, E> extends Route {
  readonly method: M
  readonly path: Path
  /** For the compiler only. */
  readonly shape?: E
}

export function route<const M extends Route['method'], const Path extends string, E extends AnyEndpoint<undefined>>(
  method: M,
  path: Path,
  who: { readonly kind: 'anyone' },
  open: E,
): RouteOf<M, Path, E>
export function route<const M extends Route['method'], const Path extends string, E extends AnyEndpoint<Viewer>>(
  method: M,
  path: Path,
  who: Exclude<Who, { kind: 'anyone' | 'sender' | 'app' }>,
  closed: E,
): RouteOf<M, Path, E>
export function route<const M extends Route['method'], const Path extends string, E extends AnyEndpoint<Sender>>(
  method: M,
  path: Path,
  who: { readonly kind: 'sender'; readonly permission: Permission },
  sending: E,
): RouteOf<M, Path, E>
export function route<const M extends Route['method'], const Path extends string, E extends AnyEndpoint<CallingApp>>(
  method: M,
  path: Path,
  who: { readonly kind: 'app' },
  calling: E,
): RouteOf<M, Path, E>
export function route(
  method: Route['method'],
  path: string,
  who: Who,
  one: AnyEndpoint<undefined> | AnyEndpoint<Viewer> | AnyEndpoint<Sender> | AnyEndpoint<CallingApp>,
): Route {
  return { method, path, who, endpoint: one as AnyEndpoint<Sender | CallingApp | undefined> }
}

/** The owner to look for: undefined when the viewer may see everybody's. */
export function ownerOf(viewer: Viewer, permission: Permission): number | undefined {
  return viewer.permissions.has(permission) ? undefined : viewer.userId
}
