// The calls of a round, signed beforehand by the repository's own schemes and written to a file that `load.lua` reads.
// Rows that check nothing get the same bytes as the full one; `none` differs in four letters of the path.

import { randomBytes } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import { schemes } from '#schemes/index.ts'
import { Malformed, type Parameter, sortParameters } from '#schemes/parameters.ts'
import type { SchemeName } from '#schemes/scheme.ts'
import type { Partner, Partners } from './partners.ts'

/** What an interface asks of its callers. */
export type Security = 'none' | 'token+sign'

export interface CallKind {
  readonly security: Security
  readonly scheme: SchemeName
}

export interface Call {
  readonly target: string
  readonly fields: { readonly [name: string]: string }
}

/** A GET as a partner would send it. */
export function signedCall(schemeName: SchemeName, partner: Partner, path: string): Call {
  const scheme = schemes.find(({ name }) => name === schemeName)!
  const values: Record<string, string> = {
    page: '3',
    size: '20',
    fields: 'id,status,total',
    plate: `A${100_000 + Math.floor(Math.random() * 900_000)}`,
    appId: partner.appId,
    timestamp: String(Date.now()),
    nonce: randomBytes(16).toString('hex'),
  }
  if (scheme.signType !== undefined) values.signType = scheme.signType
  const sorted = sortParameters(Object.entries(values).map(([name, text]): Parameter => ({ name, text, start: 0, end: 0 })))
  if (sorted instanceof Malformed) throw new Error(sorted.reason)
  const sign = scheme.sign(scheme.stringToSign({ method: 'GET', path, parameters: sorted }), partner.key)
  const query = Object.entries(values).map(([name, value]) => `${name}=${value}`)
  return {
    target: `${path}?${query.join('&')}&sign=${encodeURIComponent(sign)}`,
    fields: {
      host: 'open.bench.test',
      'user-agent': 'kaimen-bench/1',
      accept: 'application/json',
      // An open interface wants no token, but then the bytes on the wire would differ.
      authorization: `Bearer ${partner.token}`,
    },
  }
}

const bufferedMax = 1 << 20

/** Writes `count` calls of random partners to interfaces that they may call: each its length on a line, then its bytes. */
export function writeCalls(file: string, count: number, kind: CallKind, { partners, paths }: Partners): void {
  const interfaces = paths.get(kind.security)!
  const out = openSync(file, 'w')
  let text = ''
  for (let written = 0; written < count; written++) {
    const partner = partners[Math.floor(Math.random() * partners.length)]!
    let at = Math.floor(Math.random() * interfaces.length)
    if (at === partner.withheld) at = (at + 1) % interfaces.length
    const call = asText(signedCall(kind.scheme, partner, interfaces[at]!))
    text += `${call.length}\n${call}`
    if (text.length < bufferedMax) continue
    writeSync(out, text)
    text = ''
  }
  writeSync(out, text)
  closeSync(out)
}

function asText({ target, fields }: Call): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return `GET ${target} HTTP/1.1\r\n${lines.join('')}\r\n`
}
