// Where each rule of a string to sign is written, so that whoever doubts a step can read it there.

import type { GuessedScheme } from '#schemes/pasted-request.ts'
import type { Step } from '#schemes/steps.ts'
import type { Translate } from '../../text/text.ts'

const written: { readonly [Scheme in GuessedScheme]: string } = {
  openapi: 'source 002; contract §2',
  'hmac-sha256': 'contract §2; settled F9',
  rsa2: 'contract §2; settled A14, F9',
  sm2: 'contract §2; settled A14, F9; GM/T 0003.2',
  rfc9421: 'RFC 9421 §2.5; RFC 9530; settled A13',
  'auth-id': 'source 004; contract §5',
  member: 'source 001; contract §4',
}

/** In the reader's words for these documents, which come with the platform. */
export function sourceOf(t: Translate, scheme: GuessedScheme, step?: Step['kind']): string {
  const source = step === 'method_and_path' ? 'settled F9' : step === 'lines' ? 'RFC 9421 §2.3, §2.5' : written[scheme]
  return source.replace(/contract|settled|source/g, (document) => t(`workbench:written_${document as 'contract' | 'settled' | 'source'}`))
}

/** For whoever may choose. */
export const advised: ReadonlySet<string> = new Set(['hmac-sha256', 'rfc9421'])
