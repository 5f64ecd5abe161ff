// Whether a signature is an app's, under one of its live keys.

import type { KeyObject } from 'node:crypto'
import type { Scheme } from '#schemes/scheme.ts'
import { type CallerApp, nobodysPublicKey, nobodysSecret } from './app.ts'

/** Checks `sm2` signatures off the event loop. */
export interface Verifier {
  /** `keys` are PEM; `busy`: too many wait already. */
  verify(stringToSign: string, sign: string, keys: readonly string[], done: (held: boolean | 'busy') => void): void
}

export interface Signed {
  /** undefined for an unknown one: never held, after equal work (settled F12). */
  readonly app: CallerApp | undefined
  readonly scheme: Scheme
  readonly stringToSign: string
  readonly sign: string
}

/** Calls back at once, but for `sm2`, which costs as much as a hundred others; without a key for it there is nothing to look at (settled F11). */
export function checkSigned(
  { app, scheme, stringToSign, sign }: Signed,
  verifier: Verifier,
  now: number,
  done: (held: boolean | 'busy') => void,
): void {
  if (scheme.key === 'sm2') {
    const keys = app?.publicKeyTexts('sm2') ?? []
    return keys.length === 0 ? done(false) : verifier.verify(stringToSign, sign, keys, done)
  }
  const isSecret = scheme.key === 'secret'
  const keys = !app ? noKeys : isSecret ? app.secrets(now) : app.publicKeys(scheme.key)
  const key = heldBy(keys, isSecret ? nobodysSecret : nobodysPublicKey, (one) => scheme.verify(stringToSign, sign, one))
  if (key && isSecret) app?.noteUse(key, now)
  done(key !== undefined)
}

const noKeys: readonly KeyObject[] = []

/** The key that holds; all are asked. Without any, nobody's is asked: the same work for nothing. */
export function heldBy<Key>(keys: readonly Key[], nobodys: Key, holds: (key: Key) => boolean): Key | undefined {
  if (keys.length === 0) {
    holds(nobodys)
    return undefined
  }
  let held: Key | undefined
  for (const key of keys) if (holds(key)) held = key
  return held
}
