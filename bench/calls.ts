// The calls of a round, signed beforehand by the repository's own schemes and written to a file that `load.lua` reads. Rows that check
// less get the same bytes as the full one; those of another kind differ in four letters of the path, and in what their scheme has to say.

import { randomBytes } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import { type InterfaceKind, park } from './interfaces.ts'
import type { CallerKind, Partner, Partners } from './partners.ts'
import { type Call, type CallScheme, host, signers } from './signers.ts'

export interface CallKind {
  readonly interfaces: InterfaceKind
  readonly scheme: CallScheme
  readonly callers: CallerKind
  /** What travels in the body instead of the query. */
  readonly body: 'none' | 'json' | 'sealed'
}

/** A call as a partner would send it. */
export function newCall({ scheme, body }: CallKind, partner: Partner, path: string): Call {
  const business = { page: '3', size: '20', park, plate: `A${100_000 + Math.floor(Math.random() * 900_000)}` }
  const { target, fields, json } = signers[scheme]({ partner, path, business, nonce: randomBytes(16).toString('hex'), body })
  const common: Record<string, string> = { host, 'user-agent': 'kaimen-bench/1', accept: 'application/json' }
  // An open interface wants no token, but then the bytes on the wire would differ.
  return { target, fields: { ...common, authorization: `Bearer ${partner.token}`, ...fields }, json }
}

const bufferedMax = 1 << 20

/** Writes `count` calls of random partners to interfaces that they may call: each its length on a line, then its bytes. */
export function writeCalls(file: string, count: number, kind: CallKind, { partners, paths }: Partners): void {
  const callers = partners.get(kind.callers)!
  const interfaces = paths.get(kind.interfaces)!
  const out = openSync(file, 'w')
  let text = ''
  for (let written = 0; written < count; written++) {
    const partner = callers[Math.floor(Math.random() * callers.length)]!
    let at = Math.floor(Math.random() * interfaces.length)
    if (at === partner.withheld) at = (at + 1) % interfaces.length
    const call = asText(newCall(kind, partner, interfaces[at]!))
    text += `${call.length}\n${call}`
    if (text.length < bufferedMax) continue
    writeSync(out, text)
    text = ''
  }
  writeSync(out, text)
  closeSync(out)
}

/** ASCII throughout, so that characters are bytes. */
function asText({ target, fields, json }: Call): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  if (json === undefined) return `GET ${target} HTTP/1.1\r\n${lines.join('')}\r\n`
  return `POST ${target} HTTP/1.1\r\n${lines.join('')}content-type: application/json\r\ncontent-length: ${json.length}\r\n\r\n${json}`
}
