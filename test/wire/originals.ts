// The calls that the fuzzer starts from, signed by code of its own for each scheme, and the judge of what arrived: is it what was signed?
// `openapi` signs parameters without method and path, `hmac-sha256` with them, `rfc9421` the target and the body byte by byte,
// `auth-id` no more than the values, side by side (settled F9).

import { createCipheriv, createHash, createHmac, type KeyObject, randomUUID, sign as signBytes } from 'node:crypto'
import { settings } from '#config.ts'
import type { TestApp } from '../house.ts'
import { bytesOf, type Draft, fuzzedPaths, ours, type Random, tokensOf } from './mutations.ts'
import { fieldOf, type Message } from './reader.ts'

export const schemes = ['openapi', 'hmac-sha256', 'rfc9421', 'auth-id'] as const
export type FuzzedScheme = (typeof schemes)[number]

export interface Original {
  readonly scheme: FuzzedScheme
  readonly draft: Draft
  /** Of all parameters, the signature's own among them. */
  readonly texts: ReadonlyMap<string, string | null>
  /** What was signed of the parameters. */
  readonly content: string
}

export interface Signer {
  readonly app: TestApp
  readonly token: string
  readonly random: Random
  /** Its public half is registered as `k1`. */
  readonly privateKey: KeyObject
}

type Value = string | number | boolean | null | readonly unknown[] | object

const namePool = [
  'plate',
  'cents',
  'note',
  'a',
  'A',
  'b',
  'p2',
  'p10',
  '车',
  'a[]',
  'x-y',
  '__proto__',
  'constructor',
  'toString',
  'a b',
  'é',
]
const textPool = [
  '1',
  '京A·12345',
  'a b',
  'a+b',
  'a&b=c',
  '100%',
  '%41',
  '"',
  "'\\",
  '👍',
  'é',
  '\t\n',
  '/../',
  'x'.repeat(300),
  '<script>',
  '0',
  'null',
]
const valuePool: readonly Value[] = [0, -0.5, 12.5, 1e21, 9_007_199_254_740_991, true, false, [], {}, [1, 'a b', null], { b: 1, a: { c: 'x y' } }, ['"', '\\', '}']] // biome-ignore format: a table

export function newOriginal(signer: Signer): Original {
  const { random } = signer
  const scheme = random.pick(schemes)
  const method = random.pick(['GET', 'POST', 'POST', 'PUT', 'DELETE'])
  const path = random.pick(fuzzedPaths)
  const isJson = (method === 'POST' || method === 'PUT') && random.chance(0.6)
  const business = new Map<string, Value>()
  for (let left = random.below(6); left > 0; left--) {
    business.set(random.pick(namePool), isJson && random.chance(0.5) ? random.pick(valuePool) : random.pick(textPool))
  }
  if (scheme === 'rfc9421') return byFields(signer, method, path, business, isJson)
  if (scheme === 'auth-id') return byToken(signer, method, path, business, isJson)
  return byParameters(signer, scheme, method, path, business, isJson)
}

type Business = ReadonlyMap<string, Value>

function byParameters(
  { app, token, random }: Signer,
  scheme: 'openapi' | 'hmac-sha256',
  method: string,
  path: string,
  business: Business,
  isJson: boolean,
): Original {
  const values = new Map<string, Value>([['appId', app.appId], ['timestamp', Date.now()], ...business]) // biome-ignore format: one thought
  // Else the whole content has to be new.
  if (random.chance(0.8)) values.set('nonce', randomUUID())
  else values.set('serial', randomUUID())
  if (scheme === 'hmac-sha256') {
    values.set('signType', scheme)
    if (random.chance(0.3)) values.set('empty', isJson && random.chance(0.5) ? null : '')
  }
  const texts = textsOf(values)
  const content = canonicalOf(texts, scheme)
  values.set('sign', scheme === 'openapi' ? encrypted(content, app.appSecret) : hashed(`${method}\n${path}\n${content}`, app.appSecret))
  return { scheme, draft: draftOf(method, path, token, values, isJson, random), texts, content }
}

/** The nonce is in the signature, and the business in query, JSON, form or a text that nobody reads. */
function byFields({ app, token, random, privateKey }: Signer, method: string, path: string, business: Business, isJson: boolean): Original {
  const read = draftOf(method, path, token, business, isJson, random)
  const isText = read.body !== '' && random.chance(0.3)
  const draft = isText ? { ...read, fields: [...read.fields.slice(0, 2), ['Content-Type', 'text/csv'] as const] } : read
  const about: (readonly [string, string])[] = draft.body === '' ? [] : [['Content-Digest', `sha-256=:${digestOf(draft.body)}:`]]
  const target = draft.query === '' ? path : `${path}?${draft.query}`
  const parts: [string, string][] = random.chance(0.5)
    ? [['@target-uri', `http://gate${target}`]]
    : [['@authority', 'gate'], ['@path', path], ['@query', `?${draft.query}`]] // biome-ignore format: pairs
  const covered = [['@method', method], ...parts, ['authorization', `Bearer ${token}`], ...about.map(([name, value]) => [name.toLowerCase(), value])] // biome-ignore format: one thought
  const isSecret = random.chance(0.5)
  const parameters = [
    `;created=${Math.floor(Date.now() / 1000)};keyid="${app.appId}${isSecret ? '' : ':k1'}";nonce="${randomUUID()}"`,
    random.chance(0.5) ? `;alg="${isSecret ? 'hmac-sha256' : 'ed25519'}"` : '',
    random.chance(0.5) ? ';tag="kaimen"' : '',
  ]
  const input = `(${covered.map(([name]) => `"${name}"`).join(' ')})${parameters.join('')}`
  const base = [...covered.map(([name, value]) => `"${name}": ${value}`), `"@signature-params": ${input}`].join('\n')
  const signature = isSecret ? hashed(base, app.appSecret) : signBytes(null, Buffer.from(base), privateKey).toString('base64')
  const own = [...about, ['Signature-Input', `s=${input}`] as const, ['Signature', `s=:${signature}:`] as const]
  return { scheme: 'rfc9421', draft: { ...draft, fields: [...draft.fields, ...own] }, texts: textsOf(business), content: base }
}

function byToken({ app, token, random }: Signer, method: string, path: string, business: Business, isJson: boolean): Original {
  // Without a nonce, the values themselves have to be new.
  const values = new Map<string, Value>([...business, ['serial', randomUUID()]])
  const draft = draftOf(method, path, token, values, isJson, random)
  const requestTime = String(random.chance(0.5) ? Date.now() : Math.floor(Date.now() / 1000))
  const texts = textsOf(values)
  const content = requestTime + valuesOf(texts)
  const md5 = createHash('md5').update(settings.authIdPublicKey.fallback).update(app.appSecret).update(content).digest('hex')
  const query = [draft.query, `authId=${app.appId}&requestTime=${requestTime}`].filter((part) => part !== '').join('&')
  return { scheme: 'auth-id', draft: { ...draft, query, fields: [...draft.fields, ['token', md5]] }, texts, content }
}

function draftOf(method: string, path: string, token: string, values: ReadonlyMap<string, Value>, isJson: boolean, random: Random): Draft {
  const encode = (text: string) => encodeURIComponent(text).replaceAll('%20', random.pick(['%20', '+']))
  const textIn = (value: Value) => (typeof value === 'string' ? value : JSON.stringify(value))
  const form = [...values].map(([name, value]) => `${encode(name)}=${value === null ? '' : encode(textIn(value))}`).join('&')
  // Not by an object, whose `__proto__` would be lost.
  const json = `{${[...values].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`
  const fields: [string, string][] = [
    ['Host', 'gate'],
    ['Authorization', `Bearer ${token}`],
  ]
  const draft = { method, path, query: '', body: '', fields }
  if (method === 'GET' || method === 'DELETE') return { ...draft, query: form }
  const contentType = isJson ? 'application/json' : 'application/x-www-form-urlencoded'
  return { ...draft, body: bytesOf(isJson ? json : form), fields: [...fields, ['Content-Type', contentType]] }
}

function textsOf(values: Business): Map<string, string | null> {
  return new Map([...values].map(([name, value]) => [name, value === null || typeof value === 'string' ? value : JSON.stringify(value)]))
}

function canonicalOf(texts: ReadonlyMap<string, string | null>, scheme: FuzzedScheme): string {
  const kept = [...texts].filter(([name, text]) => name !== 'sign' && (scheme === 'hmac-sha256' || (text !== null && text !== '')))
  return kept
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `${name}=${text ?? ''}`)
    .join('&')
}

function encrypted(canonical: string, secret: string): string {
  const cipher = createCipheriv('aes-256-ecb', secret, null)
  return Buffer.concat([cipher.update(canonical), cipher.final()]).toString('base64')
}

const hashed = (content: string, secret: string) => createHmac('sha256', secret).update(content).digest('base64')

const digestOf = (bytes: string) => createHash('sha256').update(bytes, 'latin1').digest('base64')

/** In the order of PHP's names for them, which is that of their bytes but for numbers. */
function valuesOf(texts: ReadonlyMap<string, string | null>): string {
  const named = [...texts].map(([name, text]) => ({ name: Buffer.from(phpsNameOf(name)), text: text ?? '' }))
  return named
    .sort((one, other) => Buffer.compare(one.name, other.name))
    .map(({ text }) => text)
    .join('')
}

function phpsNameOf(name: string): string {
  const bracket = name.indexOf('[')
  const end = bracket > 0 ? bracket : name.length
  return name.slice(0, end).replace(/^ +/, '').replace(/[ .]/g, '_') + name.slice(end)
}

const parameterNames = ['sign', 'appId', 'timestamp', 'nonce', 'signType']
/** What only the gateway is told, by the scheme in use (settled C15). */
const ownNames: { readonly [Scheme in FuzzedScheme]: readonly string[] } = {
  openapi: parameterNames,
  'hmac-sha256': parameterNames,
  rfc9421: [],
  'auth-id': ['authId', 'requestTime'],
}
const ownFields: { readonly [Scheme in FuzzedScheme]: readonly string[] } = {
  openapi: [],
  'hmac-sha256': [],
  rfc9421: ['signature', 'signature-input'],
  'auth-id': ['token'],
}

/** What is wrong with what arrived, when it is not what was signed. */
export function forgeryIn(request: Message, original: Original): string | undefined {
  const { scheme } = original
  if (request.fields.some(([name, value]) => value === 'forged' && ours.includes(name.replaceAll('_', '-'))))
    return 'a field of ours is forged'
  const passedOn = ownFields[scheme].find((name) => fieldOf(request, name) !== undefined)
  if (passedOn) return `the field ${passedOn} was passed on`
  try {
    if (scheme === 'rfc9421') return otherTarget(request, original) ?? otherBytes(request, original)
    const arrived = parametersIn(request)
    const own = ownNames[scheme].find((name) => arrived.has(name))
    if (own) return `${own} was passed on`
    if (scheme === 'auth-id') return otherValues(arrived, original)
    return otherParameters(arrived, original) ?? (scheme === 'hmac-sha256' ? otherTarget(request, original) : undefined)
  } catch (error) {
    return `what arrived cannot be read: ${error}`
  }
}

function parametersIn(request: Message): Map<string, string | null> {
  const { query } = targetOf(request)
  const arrived = new Map<string, string | null>()
  for (const [name, text] of [...readForm(query), ...readBody(request)]) {
    if (arrived.has(name)) throw new Error(`${name} is there twice`)
    arrived.set(name, text)
  }
  return arrived
}

function otherParameters(arrived: ReadonlyMap<string, string | null>, { scheme, texts, content }: Original): string | undefined {
  const empty = [...arrived].find(([, text]) => text === null || text === '')
  if (scheme === 'openapi' && empty) return `nobody signed the empty ${empty[0]}`
  const taken = ownNames[scheme].flatMap((name) => (texts.has(name) ? [[name, texts.get(name)!] as const] : []))
  // With its nonce, or with a value that ends in `&nonce=…`: the same string was signed (settled F9).
  const whole = [taken, taken.filter(([name]) => name !== 'nonce')].map((own) => canonicalOf(new Map([...arrived, ...own]), scheme))
  return whole.includes(content) ? undefined : `arrived: ${whole[0]}; signed: ${content}`
}

// Digits may move between the time and the first value; the token stays the same, and is taken once.
function otherValues(arrived: ReadonlyMap<string, string | null>, { content }: Original): string | undefined {
  // Two numbers among the names go by number, which is not how bytes go.
  if ([...arrived.keys()].filter((name) => /^\s*[+-]?\.?\d/.test(name)).length > 1) return undefined
  const values = valuesOf(arrived)
  const isSigned = content.endsWith(values) && /^(?:\d{10}|\d{13})$/.test(content.slice(0, content.length - values.length))
  return isSigned ? undefined : `arrived: ${values}; signed: ${content}`
}

function otherTarget(request: Message, { draft }: Original): string | undefined {
  const { method, path } = targetOf(request)
  if (method !== draft.method) return `${draft.method} was signed`
  return path === spelled(draft.path) ? undefined : `${draft.path} was signed`
}

function otherBytes(request: Message, { draft }: Original): string | undefined {
  const { query } = targetOf(request)
  if (query !== draft.query) return `the query ${draft.query} was signed`
  return request.body === draft.body ? undefined : `the body ${draft.body} was signed`
}

function targetOf({ start }: Message): { method: string; path: string; query: string } {
  const [method, target] = start.split(' ') as [string, string]
  const mark = target.indexOf('?')
  return mark < 0 ? { method, path: target, query: '' } : { method, path: target.slice(0, mark), query: target.slice(mark + 1) }
}

/** Where method and path are signed, they are signed as they are spelled. */
export function misreadingOf(bytes: string, { scheme, draft }: Original): string | undefined {
  const [, method, path] = /^\s*(\S+) +([^ ?]*)/.exec(bytes) ?? []
  const isSigned = scheme === 'hmac-sha256' || scheme === 'rfc9421'
  return !isSigned || (method === draft.method && path === draft.path)
    ? undefined
    : `${method} ${path} was taken for ${draft.method} ${draft.path}`
}

type Texts = [name: string, text: string | null][]

function readBody(request: Message): Texts {
  if (request.body === '') return []
  const types = request.fields.flatMap(([name, value]) => (name === 'content-type' ? [value.toLowerCase()] : []))
  if (types.length > 1) throw new Error(`content types ${types.join(' and ')}`)
  // Without a type, which `Connection` can take away (settled F15), a service has to look.
  const isJson = types[0] === undefined ? request.body.startsWith('{') : /^application\/json\s*(?:;|$)/.test(types[0])
  if (!isJson && types[0] !== undefined && !/^application\/x-www-form-urlencoded\s*(?:;|$)/.test(types[0]))
    throw new Error(`content type ${types[0]}`)
  return isJson ? readObject(utf8(request.body)) : readForm(request.body)
}

function readForm(form: string): Texts {
  return form
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [, name, text] = /^([^=]*)=?([\s\S]*)$/.exec(pair)!
      return [readEncoded(name!), readEncoded(text!)]
    })
}

function readEncoded(encoded: string): string {
  if (/%(?![0-9a-f]{2})/i.test(encoded)) throw new Error(`an encoding in ${encoded}`)
  return utf8(encoded.replaceAll('+', ' ').replace(/%(..)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))))
}

function readObject(json: string): Texts {
  JSON.parse(json)
  // What is not in a string is without white space now.
  const tokens = tokensOf(json.trim()).map((token) => (token.startsWith('"') ? token : token.replace(/[ \t\r\n]/g, ''))).filter((token) => token !== '') // biome-ignore format: one thought
  const texts: Texts = []
  let depth = 0
  let member: string[] = []
  for (const token of tokens) {
    if (token === '}' || token === ']') depth--
    if (depth === 0 || (depth === 1 && token === ',')) {
      if (member.length > 0) texts.push([JSON.parse(member[0]!), valueOfTokens(member.slice(2))])
      member = []
    } else member.push(token)
    if (token === '{' || token === '[') depth++
  }
  return texts
}

function valueOfTokens(tokens: readonly string[]): string | null {
  const [first] = tokens
  if (tokens.length > 1) return tokens.join('')
  return first!.startsWith('"') ? JSON.parse(first!) : first === 'null' ? null : first!
}

const utf8 = (bytes: string) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'))
function spelled(path: string): string {
  return path
    .split('/')
    .map((segment) => encodeURIComponent(decodeURIComponent(segment)))
    .join('/')
}
