// Why the signature of a call was wrong, from what it sent and what its app has: the scheme's own diagnosis, with everything hidden
// that nobody should read.

import { createSecretKey, type KeyObject } from 'node:crypto'
import type { CallRecord, Evidence } from '#core/feed/document.ts'
import { type Diagnosis, diagnose } from '#schemes/diagnose.ts'
import { diagnoseAuthId } from '#schemes/diagnose-auth-id.ts'
import { diagnoseMessage } from '#schemes/diagnose-message.ts'
import { firstDifference } from '#schemes/first-difference.ts'
import { publicKeySchemes, schemes } from '#schemes/index.ts'
import { readPublicKey } from '#schemes/public-key.ts'
import type { Mask } from './mask.ts'

export interface KeysOfApp {
  /** As they were when the call came: good then, or not any more. */
  readonly secrets: readonly { readonly text: string; readonly isLive: boolean }[]
  readonly publicKeys: readonly { readonly keyId: string; readonly publicKey: string }[]
  /** The platform's, for the scheme `auth-id`. */
  readonly authIdPublicKey: string
}

/** undefined when nothing can be said that the refusal did not say. */
export function diagnoseCall(
  { method, path }: Pick<CallRecord, 'method' | 'path'>,
  evidence: Evidence,
  keys: KeysOfApp,
  mask: Mask,
): Diagnosis | undefined {
  const found = diagnosisOf(method, path, evidence, keys)
  if (!found) return undefined
  const { differsAt: _, callers, stringToSign, ...rest } = found
  const shown = { ...rest, stringToSign: mask(stringToSign), ...(callers !== undefined && { callers: mask(callers) }) }
  const differsAt = shown.callers === undefined ? undefined : firstDifference(shown.stringToSign, shown.callers)
  return { ...shown, ...(differsAt !== undefined && { differsAt }) }
}

function diagnosisOf(method: string, path: string, evidence: Evidence, app: KeysOfApp): Diagnosis | undefined {
  const secretsThat = (isLive: boolean): KeyObject[] =>
    app.secrets.filter((secret) => secret.isLive === isLive).map(({ text }) => createSecretKey(Buffer.from(text)))
  const [keys, oldKeys] = [secretsThat(true), secretsThat(false)]
  switch (evidence.scheme) {
    case 'rfc9421':
      return diagnoseMessage({ ...evidence, keys, oldKeys, publicKeys: app.publicKeys })
    case 'auth-id':
      return diagnoseAuthId({ ...evidence, publicKey: app.authIdPublicKey, keys, oldKeys })
    default: {
      const scheme = [...schemes, ...publicKeySchemes].find(({ name }) => name === evidence.scheme)!
      if (scheme.key === 'secret') return diagnose({ ...evidence, scheme, method, path, keys, oldKeys })
      const publicKeys = app.publicKeys.flatMap(({ publicKey }) => {
        const read = readPublicKey(publicKey)
        return typeof read !== 'string' && read.alg === scheme.key ? [read.key] : []
      })
      return diagnose({ ...evidence, scheme, method, path, keys: publicKeys })
    }
  }
}
