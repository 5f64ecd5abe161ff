// What an explanation must not show: secrets of the app, credentials, and the values of parameters that the platform's setting names.
// A value is hidden wherever it turns up, in the ways that callers write it, and whatever stands behind such a name is hidden too.

import type { Evidence } from '#core/feed/document.ts'
import { Malformed, readJsonObject, readQuery } from '#schemes/parameters.ts'
import { percentDecoded } from '#schemes/percent-decoded.ts'

export type Mask = (text: string) => string

const hidden = '***'
/** Hidden whatever the setting says. */
const credentials = ['appSecret', 'client_secret', 'authorization', 'authentication', 'token', 'cookie']

/** What the path of a call had in the place of a `{name}`. */
export interface Caught {
  readonly name: string
  /** As it was sent. */
  readonly raw: string
}

export function createMask(
  named: readonly string[],
  evidence: Evidence | undefined,
  secrets: readonly string[],
  caught: readonly Caught[] = [],
): Mask {
  const names = [...named, ...credentials]
  const isNamed = (name: string) => names.some((one) => one.toLowerCase() === name.toLowerCase())
  const sent = [...(evidence ? sentValues(evidence) : []), ...caught.flatMap(inPath)]
  const values = sent.flatMap(({ name, value }) => namedValues(name, value, isNamed))
  // One character is no secret, and would be everywhere.
  const texts = new Set([...secrets, ...values.flatMap(spellings)].filter((text) => text.length > 1))
  const byValue = alternatives([...texts].sort((a, b) => b.length - a.length))
  const byName = new RegExp(
    `((?<![\\w-])(?:${alternatives(names)})(?:["'\\]]|\\\\"|%22)*\\s*(?:[=:]|%3D|%3A)\\s*)("(?:[^"\\\\]|\\\\.)*"|[^&\\n}\\]]*)`,
    'gi',
  )
  return (text) => (byValue === '' ? text : text.replace(new RegExp(byValue, 'gi'), hidden)).replace(byName, `$1${hidden}`)
}

const alternatives = (texts: readonly string[]) => texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|')

interface Sent {
  readonly name: string
  readonly value: unknown
}

function sentValues(evidence: Evidence): Sent[] {
  if (evidence.scheme === 'rfc9421') {
    const queries = [...evidence.base.matchAll(/^"@(?:target-uri|query|request-target)": [^?\n]*\?(.*)$/gm)]
    return queries.flatMap(([, query]) => inQuery(query!))
  }
  const { query, body, bodyText } = evidence
  return [...inQuery(query), ...(body === 'form' ? inQuery(bodyText) : body === 'json' ? inJson(bodyText) : [])]
}

function inPath({ name, raw }: Caught): Sent[] {
  return [
    { name, value: raw },
    { name, value: percentDecoded(raw) },
  ]
}

function inQuery(source: string): Sent[] {
  const parameters = readQuery(source)
  if (parameters instanceof Malformed) return []
  return parameters.flatMap(({ name, text, start, end }) => [
    { name, value: inside(text) },
    { name, value: source.slice(start, end).replace(/^[^=]*=?/, '') },
  ])
}

function inJson(source: string): Sent[] {
  const parameters = readJsonObject(source)
  return parameters instanceof Malformed ? [] : parameters.map(({ name, text }) => ({ name, value: inside(text) }))
}

/** A text that is JSON has names in it too. */
function inside(text: string | null): unknown {
  if (text === null || !/^[[{]/.test(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function namedValues(name: string, value: unknown, isNamed: (name: string) => boolean): string[] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, member]) =>
      namedValues(isNamed(name) || Array.isArray(value) ? name : key, member, isNamed),
    )
  }
  return isNamed(name) && value !== null ? [String(value)] : []
}

function spellings(value: string): string[] {
  const percent = encodeURIComponent(value.toWellFormed())
  return [
    value,
    value.trim(),
    value.replace(/\s+/g, ''),
    value.replaceAll('+', ' '),
    percent,
    encodeURIComponent(percent),
    encodeURI(value.toWellFormed()),
    new URLSearchParams([['', value]]).toString().slice(1),
    JSON.stringify(value).slice(1, -1),
    JSON.stringify(value)
      .slice(1, -1)
      .replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
    value.replace(/[^\0-\x7f]/gu, '?'),
    Buffer.from(value).toString('latin1'),
    value.normalize('NFC'),
    value.normalize('NFD'),
  ]
}
