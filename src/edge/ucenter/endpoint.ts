// The shape of every endpoint of the user centre (source 003): what it takes, what it answers, and one function. Who may call it stands in
// `routes.ts`.

import type { z } from 'zod'
import type { UserTokens } from '#core/token/user-token.ts'
import type { UserRow } from '#core/user/user.store.ts'
import type { ManagementDeps } from '#edge/management/endpoint.ts'
import type { Language, UcenterWord } from '#text/text.ts'

export interface UcenterDeps extends ManagementDeps {
  readonly userTokens: UserTokens
  /** Where people reach the platform from outside, without a slash at its end. */
  publicUrl(): string
}

/** The app behind a token. */
export interface CallingApp {
  /** The row's. */
  readonly id: number
  readonly appId: string
  readonly internal: boolean
}

/** Who calls: an app, and the person through whom it does unless it speaks for itself (client credentials). */
export interface Caller {
  readonly app: CallingApp
  readonly person: Person | undefined
  /** Whether the token opens this; to an internal app everything is open. */
  may(scope: string): boolean
}

export interface Person {
  readonly user: UserRow
  readonly openId: string
}

export interface CallerWithPerson extends Caller {
  readonly person: Person
}

export interface Input<Fields> {
  readonly fields: Fields
  readonly language: Language
  /** The caller's. */
  readonly address: string
}

export interface UcenterEndpoint<Who = Caller, Fields = unknown> {
  /** One line for the documentation. */
  readonly summary: { readonly en: string; readonly zh: string }
  /** What it says when it is done. */
  readonly done: UcenterWord
  /** Parameters, of query and body together; the token is none of them. All arrive as texts. */
  readonly fields: z.ZodType<Fields>
  /** The schema of `data`. */
  readonly answer: z.ZodType
  handle(input: Input<Fields>, deps: UcenterDeps, caller: Who): Promise<unknown>
}

/** An endpoint for an app, signed-in person or not. */
export function forApps<Fields>(shape: UcenterEndpoint<Caller, Fields>): UcenterEndpoint<Caller, Fields> {
  return shape
}

/** An endpoint for a person through an app. */
export function forPeople<Fields>(shape: UcenterEndpoint<CallerWithPerson, Fields>): UcenterEndpoint<CallerWithPerson, Fields> {
  return shape
}

/** `app`: any token; `person`: of somebody who signed in; with a scope: of an internal app, or one that has it. */
export type Who = { readonly kind: 'app' } | { readonly kind: 'person'; readonly scope?: string }

export const app = { kind: 'app' } as const
export const person = (scope?: string) => ({ kind: 'person', ...(scope === undefined ? {} : { scope }) }) as const

// biome-ignore lint/suspicious/noExplicitAny: the table holds endpoints of all parameters; each was checked where it was made
type AnyEndpoint<Of> = UcenterEndpoint<Of, any>

export interface UcenterRoute {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly who: Who
  readonly endpoint: AnyEndpoint<Caller>
}

export function route(method: UcenterRoute['method'], path: string, who: { readonly kind: 'app' }, one: AnyEndpoint<Caller>): UcenterRoute
export function route(
  method: UcenterRoute['method'],
  path: string,
  who: { readonly kind: 'person'; readonly scope?: string },
  one: AnyEndpoint<CallerWithPerson>,
): UcenterRoute
export function route(
  method: UcenterRoute['method'],
  path: string,
  who: Who,
  one: AnyEndpoint<Caller> | AnyEndpoint<CallerWithPerson>,
): UcenterRoute {
  return { method, path, who, endpoint: one as AnyEndpoint<Caller> }
}
