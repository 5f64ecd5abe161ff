// What a call with a bad signature sent, as the text of an HTTP message: for the workbench, which builds its string to sign step by step.

import type { CallRecord, Evidence } from '#core/feed/document.ts'

const types = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const

/** undefined of a message signature: of such a call its base is kept, and not the fields that it did not cover. */
export function requestText({ method, path }: Pick<CallRecord, 'method' | 'path'>, evidence: Evidence): string | undefined {
  if (evidence.scheme === 'rfc9421') return undefined
  const { query, body, bodyText } = evidence
  const start = `${method} ${path}${query === '' ? '' : `?${query}`} HTTP/1.1`
  return body === 'none' ? `${start}\n` : `${start}\nContent-Type: ${types[body]}\n\n${bodyText}`
}
