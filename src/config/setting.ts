// A row of config.ts.

import type { Kind } from './kinds.ts'

export interface Setting<Value, Fallback, Accepts extends string = string> extends Kind<Value, Accepts> {
  readonly env: string
  readonly fallback: Fallback
  readonly why: string
  readonly secret: boolean
  /** Declared by the contract, but nothing acts on it in this version yet; setting it prints a warning. */
  readonly pending: boolean
}

/** `fallback` is the parsed default; `undefined` means that absence has a meaning of its own, told in `why`. */
export function setting<Value, const Fallback extends Value | undefined, Accepts extends string>(
  env: string,
  kind: Kind<Value, Accepts>,
  fallback: Fallback,
  why: string,
): Setting<Value, Fallback, Accepts> {
  return { env, ...kind, fallback, why, secret: false, pending: false }
}

/** Never shown, and without a default. */
export function secret<Value, Accepts extends string>(
  env: string,
  kind: Kind<Value, Accepts>,
  why: string,
): Setting<Value, undefined, Accepts> {
  return { ...setting(env, kind, undefined, why), secret: true }
}
