// The signature base of RFC 9421 §2: the covered components of a request, a line for each, and the parameters of the signature.
// Pure, without Node.

import {
  type InnerList,
  type Item,
  isInnerList,
  type Parameters,
  parseDictionary,
  parseItem,
  parseList,
  serializeDictionary,
  serializeInnerList,
  serializeItem,
  serializeList,
} from 'structured-headers'

export interface SignedMessage {
  readonly method: string
  /** As the caller sees it: behind a proxy that ends TLS, `https`. */
  readonly scheme: 'http' | 'https'
  /** The value of `Host`. */
  readonly authority: string
  /** The request target as it was sent, in origin form. */
  readonly target: string
  /** Field lines as they were sent: name, value, name, value, … */
  readonly fieldLines: readonly string[]
  readonly body: Uint8Array
}

/** What stands in the way of a signature, and which component, parameter or field it is about. */
export class Flaw {
  readonly reason: FlawReason
  readonly name: string

  constructor(reason: FlawReason, name = '') {
    this.reason = reason
    this.name = name
  }
}

export type FlawReason =
  | 'alg_unfit'
  | 'component_absent'
  | 'component_repeated'
  | 'components_too_many'
  | 'component_unknown'
  | 'component_parameter'
  | 'component_not_ascii'
  | 'digest_wrong'
  | 'digest_unknown'
  | 'field_absent'
  | 'field_malformed'
  | 'not_covered'
  | 'parameter_missing'
  | 'parameter_malformed'
  | 'several_signatures'
  | 'foreign_tag'

// Far more than anybody signs; without a bound, ten thousand could each have the same long field parsed.
const componentsMax = 64

/** `covered` is the member of Signature-Input: component identifiers, and the signature's parameters. */
export function signatureBase(message: SignedMessage, covered: InnerList): string | Flaw {
  const lines = baseLines(message, covered)
  return lines instanceof Flaw ? lines : lines.map(({ identifier, value }) => `${identifier}: ${value}`).join('\n')
}

export interface BaseLine {
  /** As it stands in the base: with its quotes and parameters. */
  readonly identifier: string
  readonly value: string
}

export function baseLines(message: SignedMessage, covered: InnerList): BaseLine[] | Flaw {
  const [components] = covered
  if (components.length > componentsMax) return new Flaw('components_too_many', String(componentsMax))
  const lines: BaseLine[] = []
  const seen = new Set<string>()
  for (const component of components) {
    const [name, parameters] = component
    if (typeof name !== 'string') return new Flaw('component_unknown', String(name))
    const identifier = serializeItem(component)
    if (seen.has(identifier)) return new Flaw('component_repeated', identifier)
    seen.add(identifier)
    const value = name.startsWith('@') ? derived(name, parameters, message) : fieldValue(name, parameters, message)
    if (value instanceof Flaw) return value
    if (!/^[\x20-\x7e\t]*$/.test(value)) return new Flaw('component_not_ascii', identifier)
    lines.push({ identifier, value })
  }
  lines.push({ identifier: '"@signature-params"', value: serializeInnerList(covered) })
  return lines
}

/** §2.2. */
function derived(name: string, parameters: Parameters, message: SignedMessage): string | Flaw {
  const parameter = [...parameters.keys()].find((key) => name !== '@query-param' || key !== 'name')
  if (parameter !== undefined) return new Flaw('component_parameter', `${name};${parameter}`)
  const mark = message.target.indexOf('?')
  switch (name) {
    case '@method':
      return message.method
    case '@target-uri':
      return `${message.scheme}://${authorityOf(message)}${message.target}`
    case '@authority':
      return authorityOf(message)
    case '@scheme':
      return message.scheme
    case '@request-target':
      return message.target
    case '@path':
      return mark < 0 ? message.target : message.target.slice(0, mark)
    case '@query':
      return mark < 0 ? '?' : message.target.slice(mark)
    case '@query-param':
      return queryParameter(parameters.get('name'), mark < 0 ? '' : message.target.slice(mark + 1))
    default:
      return new Flaw('component_unknown', name)
  }
}

const defaultPort = { http: /:80$/, https: /:443$/ }

function authorityOf({ authority, scheme }: SignedMessage): string {
  return authority.toLowerCase().replace(defaultPort[scheme], '')
}

/** §2.2.8: names and values are decoded as a form's and encoded again, so that each has one spelling. */
function queryParameter(wanted: unknown, query: string): string | Flaw {
  if (typeof wanted !== 'string') return new Flaw('component_parameter', '@query-param;name')
  const values = [...new URLSearchParams(query)].filter(([name]) => formEncode(name) === wanted).map(([, value]) => value)
  if (values.length > 1) return new Flaw('component_repeated', `@query-param;name="${wanted}"`)
  const [value] = values
  return value === undefined ? new Flaw('component_absent', `@query-param;name="${wanted}"`) : formEncode(value)
}

function formEncode(text: string): string {
  const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()~]/g, percent)
}

// Of a structured field, `;sf` has to know which structure. These do not depend on who wrote the service.
const structureOf: { readonly [name: string]: 'dictionary' | 'list' | 'item' } = {
  'accept-signature': 'dictionary',
  'cache-status': 'list',
  'client-cert': 'item',
  'client-cert-chain': 'list',
  'content-digest': 'dictionary',
  'idempotency-key': 'item',
  priority: 'dictionary',
  'proxy-status': 'list',
  'repr-digest': 'dictionary',
  signature: 'dictionary',
  'signature-input': 'dictionary',
  'want-content-digest': 'dictionary',
  'want-repr-digest': 'dictionary',
}

/** §2.1. */
function fieldValue(name: string, parameters: Parameters, message: SignedMessage): string | Flaw {
  const lines = fieldLinesOf(name, message)
  if (name !== name.toLowerCase()) return new Flaw('component_unknown', name)
  if (lines.length === 0) return new Flaw('component_absent', name)
  const keys = [...parameters.keys()]
  const combined = lines.join(', ')
  if (keys.length === 0) return combined
  const [key] = keys
  const value = parameters.get(key!)
  const unknown = new Flaw('component_parameter', `${name};${key}`)
  if (keys.length > 1) return unknown
  try {
    // Each line by itself, as bytes; Node reads fields as Latin-1.
    if (key === 'bs' && value === true) return lines.map((line) => `:${btoa(line)}:`).join(', ')
    if (key === 'key' && typeof value === 'string') {
      const member = parseDictionary(combined).get(value)
      return member ? serializeMember(member) : new Flaw('component_absent', `${name};key="${value}"`)
    }
    if (key === 'sf' && value === true) {
      switch (structureOf[name]) {
        case 'dictionary':
          return serializeDictionary(parseDictionary(combined))
        case 'list':
          return serializeList(parseList(combined))
        case 'item':
          return serializeItem(parseItem(combined))
      }
    }
  } catch {
    return new Flaw('field_malformed', name)
  }
  return unknown
}

function serializeMember(member: Item | InnerList): string {
  return isInnerList(member) ? serializeInnerList(member) : serializeItem(member)
}

/** The values of a field's lines, in order, without the white space around them. */
export function fieldLinesOf(name: string, { fieldLines }: SignedMessage): string[] {
  const lines: string[] = []
  for (let at = 0; at + 1 < fieldLines.length; at += 2) {
    if (fieldLines[at]!.toLowerCase() === name) lines.push(fieldLines[at + 1]!.replace(/^[ \t]+|[ \t]+$/g, ''))
  }
  return lines
}
