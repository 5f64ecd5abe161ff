// The strings that a caller may have signed by mistake, each with the mistake's name, the likely ones first. Made of what the caller
// sent, so that `diagnose.ts` can see which of them the signature is of. Pure, without Node.

import { encodeGbk } from './gbk.ts'
import { endOfString, type Parameter, skipSpace } from './parameters.ts'
import { percentDecoded } from './percent-decoded.ts'
import type { StringForm } from './string-form.ts'

/** Stable names; the words are in `text/`. */
export type Mistake =
  | 'body_left_out'
  | 'body_reserialised'
  | 'body_unparsed'
  | 'charset'
  | 'empty_values_dropped'
  | 'empty_values_kept'
  | 'field_left_out'
  | 'joined_otherwise'
  | 'line_ends'
  | 'lower_case_method'
  | 'method_or_path_included'
  | 'method_or_path_missing'
  | 'not_sorted'
  | 'path_altered'
  | 'plus_as_space'
  | 'query_left_out'
  | 'quoted_values'
  | 'secret_included'
  | 'sign_included'
  | 'sign_type_left_out'
  | 'sorted_otherwise'
  | 'timestamp_altered'
  | 'trailing_newline'
  | 'url_encoded_values'
  | 'values_trimmed'

export interface Candidate {
  readonly mistake: Mistake
  /** A second one, where the two often come together. */
  readonly also?: Mistake
  readonly text: string
  /** What the text is as bytes: UTF-8 when undefined. */
  readonly bytes?: Uint8Array
  /** The parameter that it is about. */
  readonly parameter?: string
}

export interface Sent {
  readonly scheme: StringForm
  readonly method: string
  readonly path: string
  readonly query: string
  readonly queryParameters: readonly Parameter[]
  readonly body: 'none' | 'json' | 'form'
  readonly bodyText: string
  readonly bodyParameters: readonly Parameter[]
  /** Texts of the live secrets, for those who sign them along. */
  readonly secrets: readonly string[]
}

/** A parameter as a caller may look at it. */
interface Pair {
  readonly name: string
  /** null only for JSON's `null`. */
  readonly text: string | null
  /** As it stands in the query, form or JSON. */
  readonly raw: string
  readonly from: 'query' | 'form' | 'json'
}

/** In the order of likelihood; no string twice, and never the right one. */
export function* candidates(sent: Sent): Generator<Candidate> {
  const right = stringOf(sent, rightPairs(sent))
  const seen = new Set([right])
  for (const candidate of allCandidates(sent, right)) {
    const mark = candidate.bytes ? `${candidate.mistake}\n${candidate.text}` : candidate.text
    if (seen.has(mark)) continue
    seen.add(mark)
    yield candidate
  }
}

function* allCandidates(sent: Sent, right: string): Generator<Candidate> {
  const pairs = rightPairs(sent)
  const head = headOf(sent)
  const named = (mistake: Mistake) => (text: string) => ({ mistake, text })

  yield* emptyValues(sent)
  if (head !== '') yield* heads(sent, stringOf(sent, pairs, ''), head)
  yield* orders(sent).map((texts) => ({ ...texts, text: head + texts.text }))
  yield* valueTexts(sent, pairs)
  yield* scopes(sent, pairs, head)
  yield* charsets(right)
  yield* ends(right).map(named('trailing_newline'))
  yield* pairs.slice(0, fieldsMax).map(({ name }) => ({
    mistake: name === 'signType' ? ('sign_type_left_out' as const) : ('field_left_out' as const),
    text: stringOf(sent, pairs.filter((pair) => pair.name !== name)),
    parameter: name,
  })) // biome-ignore format: one thought
  yield* joins(pairs, head).map(named('joined_otherwise'))
  yield* sent.secrets.flatMap((secret) => withSecret(sent, pairs, head, right, secret)).map(named('secret_included'))
  yield* timestamps(pairs).map((altered) => ({
    mistake: 'timestamp_altered' as const,
    text: stringOf(sent, altered),
    parameter: 'timestamp',
  }))
  if (head !== '') yield* headless(sent, pairs)
  if (head === '') {
    yield* [
      `${sent.method}\n${sent.path}\n${right}`,
      `${sent.method}\n${sent.path}\n${stringOf(sent, allPairs(sent).toSorted(byName))}`,
    ].map(named('method_or_path_included'))
  }
}

const fieldsMax = 30

/** Who overlooked method and path has often taken another platform's rules as a whole. */
function* headless(sent: Sent, pairs: readonly Pair[]): Generator<Candidate> {
  const bare: Sent = { ...sent, scheme: { ...sent.scheme, stringToSign: () => '' } }
  for (const candidate of [...orders(bare), ...scopes(bare, pairs, ''), ...valueTexts(bare, pairs)]) {
    yield { ...candidate, mistake: 'method_or_path_missing', also: candidate.mistake }
  }
}

/** What the scheme puts in front of the parameters. */
function headOf({ scheme, method, path }: Sent): string {
  return scheme.stringToSign({ method, path, parameters: [] })
}

function stringOf(sent: Sent, pairs: readonly Pair[], head = headOf(sent)): string {
  return head + pairs.map(({ name, text }) => `${name}=${text ?? ''}`).join('&')
}

/** Every parameter but `sign`, as sent. */
function allPairs({ query, queryParameters, body, bodyText, bodyParameters }: Sent): Pair[] {
  const ofQuery = (source: string, from: 'query' | 'form') => (parameter: Parameter) => {
    const member = source.slice(parameter.start, parameter.end)
    const equals = member.indexOf('=')
    return { name: parameter.name, text: parameter.text, raw: equals < 0 ? '' : member.slice(equals + 1), from }
  }
  const ofBody = body === 'json' ? (parameter: Parameter) => jsonPair(bodyText, parameter) : ofQuery(bodyText, 'form')
  return [...queryParameters.map(ofQuery(query, 'query')), ...bodyParameters.map(ofBody)].filter(({ name }) => name !== 'sign')
}

function jsonPair(source: string, { name, text, start, end }: Parameter): Pair {
  const colon = skipSpace(source, endOfString(source, start))
  return { name, text, raw: source.slice(skipSpace(source, colon + 1), end), from: 'json' }
}

const byName = (a: Pair, b: Pair) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

function rightPairs(sent: Sent): Pair[] {
  return allPairs(sent)
    .filter(({ text }) => sent.scheme.signsEmpty || text)
    .sort(byName)
}

function emptyValues(sent: Sent): Candidate[] {
  const sorted = allPairs(sent).sort(byName)
  const kept = (value: (pair: Pair) => Pair | undefined) => stringOf(sent, sorted.flatMap((pair) => value(pair) ?? [])) // biome-ignore format: one thought
  const nulls = (pair: Pair) => (pair.text === null ? { ...pair, text: 'null' } : pair)
  if (!sent.scheme.signsEmpty) {
    return [
      { mistake: 'empty_values_kept', text: kept((pair) => pair) },
      { mistake: 'empty_values_kept', text: kept((pair) => (pair.text === '' ? pair : pair.text === null ? undefined : pair)) },
      { mistake: 'empty_values_kept', text: kept(nulls) },
      { mistake: 'empty_values_kept', text: kept((pair) => (pair.text === '' ? undefined : nulls(pair))) },
    ]
  }
  return [
    { mistake: 'empty_values_dropped', text: kept((pair) => (pair.text ? pair : undefined)) },
    { mistake: 'empty_values_dropped', text: kept((pair) => (pair.text === null ? undefined : pair)) },
    { mistake: 'empty_values_kept', text: kept(nulls) },
  ]
}

/** Of a scheme that signs method and path: `rest` is what follows them. */
function heads(sent: Sent, rest: string, head: string): Candidate[] {
  const { method, path, query } = sent
  const dropped = stringOf(sent, allPairs(sent).filter(({ text }) => text).sort(byName), '') // biome-ignore format: one thought
  const missing = ['', `${method}\n`, `${path}\n`].flatMap((part) => [part + rest, part + dropped])
  const lower = [`${method.toLowerCase()}\n${path}\n`, `${method[0]}${method.slice(1).toLowerCase()}\n${path}\n`]
  const paths = [percentDecoded(path), `${path}/`, path.replace(/\/$/, ''), path.slice(1), path.toLowerCase(), `${path}?${query}`, encodeURI(percentDecoded(path)), encodeURIComponent(path)] // biome-ignore format: one row
  const separators = ['\r\n', '', ' ', '&', '\\n', '|']
  const named = (mistake: Mistake, texts: readonly string[]) => texts.map((text) => ({ mistake, text }))
  return [
    ...named('method_or_path_missing', missing),
    ...named(
      'lower_case_method',
      lower.map((part) => part + rest),
    ),
    ...named(
      'path_altered',
      paths.map((part) => `${method}\n${part}\n${rest}`),
    ),
    ...named('line_ends', [
      ...separators.map((between) => method + between + path + between + rest),
      head.trimEnd() + rest,
      `${path}\n${method}\n${rest}`,
    ]),
  ]
}

function orders(sent: Sent): Candidate[] {
  const isSigned = ({ text }: Pair) => sent.scheme.signsEmpty || Boolean(text)
  const asSent = allPairs(sent).filter(isSigned)
  const [query, body] = [asSent.filter(({ from }) => from === 'query'), asSent.filter(({ from }) => from !== 'query')]
  const texts = (mistake: Mistake, ...orders: Pair[][]) => orders.map((pairs) => ({ mistake, text: stringOf(sent, pairs, '') }))
  const own = new Set(['appId', 'timestamp', 'nonce', 'signType'])
  const [fields, business] = [asSent.filter(({ name }) => own.has(name)), asSent.filter(({ name }) => !own.has(name))]
  const ignoringCase = (a: Pair, b: Pair) => byName({ ...a, name: a.name.toLowerCase() }, { ...b, name: b.name.toLowerCase() })
  return [
    ...texts('not_sorted', asSent, [...body, ...query], [...query.toSorted(byName), ...body.toSorted(byName)], [...business.toSorted(byName), ...fields], [...fields, ...business.toSorted(byName)]), // biome-ignore format: one thought
    ...texts('sorted_otherwise', asSent.toSorted(ignoringCase), asSent.toSorted(byName).reverse(), asSent.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))), // biome-ignore format: one thought
  ]
}

type Retext = (pair: Pair) => string

/** Strings whose values were written in another way. */
function* valueTexts(sent: Sent, pairs: readonly Pair[]): Generator<Candidate> {
  const retold = (mistake: Mistake, retext: Retext) => ({
    mistake,
    text: stringOf(sent, pairs.map((pair) => ({ ...pair, text: retext(pair) }))),
  }) // biome-ignore format: one thought
  const plain = ({ text }: Pair) => text ?? ''
  const formEncoded: Retext = (pair) => new URLSearchParams([['', plain(pair)]]).toString().slice(1)
  // Not escaped on the way, so that we read a space.
  yield retold('plus_as_space', (pair) => (pair.from === 'query' ? percentDecoded(pair.raw) : plain(pair)))
  yield retold('plus_as_space', (pair) => (pair.from === 'form' ? percentDecoded(pair.raw) : plain(pair)))
  yield retold('plus_as_space', (pair) => (pair.from === 'json' ? plain(pair) : percentDecoded(pair.raw)))
  yield retold('plus_as_space', (pair) => plain(pair).replaceAll('+', ' '))
  yield retold('url_encoded_values', (pair) => encodeURIComponent(plain(pair)))
  yield retold('url_encoded_values', formEncoded)
  yield retold('url_encoded_values', (pair) => (pair.from === 'json' ? plain(pair) : pair.raw))
  yield retold('url_encoded_values', (pair) => encodeURI(plain(pair)))
  yield retold('url_encoded_values', (pair) => encodeURIComponent(plain(pair)).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)) // biome-ignore format: one row
  yield retold('url_encoded_values', (pair) => encodeURIComponent(plain(pair)).replace(/%../g, (code) => code.toLowerCase()))
  yield retold('url_encoded_values', (pair) => encodeURIComponent(encodeURIComponent(plain(pair))))
  yield { mistake: 'url_encoded_values', text: headOf(sent) + encodeURIComponent(stringOf(sent, pairs, '')) }
  for (const write of writers) yield retold('body_reserialised', (pair) => (pair.from === 'json' ? write(pair) : plain(pair)))
  yield retold('quoted_values', (pair) => (pair.from === 'json' ? pair.raw : plain(pair)))
  yield retold('quoted_values', (pair) =>
    pair.raw.startsWith('{') || pair.raw.startsWith('[') ? plain(pair) : JSON.stringify(plain(pair)),
  )
  yield retold('values_trimmed', (pair) => plain(pair).trim())
  yield retold('values_trimmed', (pair) => plain(pair).replace(/\s+/g, ''))
}

function isNested({ raw }: Pair): boolean {
  return raw.startsWith('{') || raw.startsWith('[')
}

/** A JSON value as other programs write it once they have parsed it. */
const writers: readonly Retext[] = [
  // Its own bytes, white space and all.
  (pair) => (isNested(pair) ? pair.raw : (pair.text ?? '')),
  ofValue((value) => JSON.stringify(value)),
  ofNested((value) => JSON.stringify(value)),
  ofNested((value) => JSON.stringify(sortedKeys(value))),
  ofNested((value) => escapedUnicode(JSON.stringify(value))),
  ofNested((value) => JSON.stringify(value).replaceAll('/', '\\/')),
  ofNested((value) => escapedUnicode(JSON.stringify(value).replaceAll('/', '\\/'))),
  ofNested((value) => spacedJson(value)),
  ofNested((value) => escapedUnicode(spacedJson(value))),
  ofNested((value) => JSON.stringify(value, null, 2)),
  ofNested((value) => JSON.stringify(value, null, 4)),
  // Go and Gson make text safe for HTML.
  ofNested((value) => JSON.stringify(value).replace(/[<>&]/g, hexEscape)),
  ofNested((value) => JSON.stringify(value).replace(/[<>&='](?!":)/g, hexEscape)),
  ofNested(javaText),
  ofNested((value) => String(value)),
  ofNested(pythonText),
  ofNested(() => 'Array'),
  ofValue((value) => (typeof value === 'boolean' ? (value ? 'True' : 'False') : undefined)),
  ofValue((value) => (typeof value === 'boolean' ? (value ? '1' : '') : undefined)),
  ofValue((value) => (typeof value === 'number' ? javaDouble(value) : undefined)),
  ofValue((value) => (typeof value === 'number' ? String(Math.trunc(value)) : undefined)),
  // The inside of a string, with its escapes.
  (pair) => (pair.raw.startsWith('"') ? pair.raw.slice(1, -1) : (pair.text ?? '')),
]

/** Of everything but strings; undefined leaves a value as it was. */
function ofValue(write: (value: unknown) => string | undefined): Retext {
  return ({ raw, text }) => (raw.startsWith('"') || text === null ? (text ?? '') : (write(JSON.parse(raw)) ?? text))
}

function ofNested(write: (value: unknown) => string): Retext {
  return (pair) => (isNested(pair) ? write(JSON.parse(pair.raw)) : (pair.text ?? ''))
}

function hexEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function escapedUnicode(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, hexEscape)
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sortedKeys(member)])) // biome-ignore format: one thought
}

/** As Python's `json.dumps` has it. */
function spacedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}: ${spacedJson(member)}`)
    .join(', ')}}`
}

/** As Java's `Map.toString` has it. */
function javaText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(javaText).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  return `{${Object.entries(value)
    .map(([name, member]) => `${name}=${javaText(member)}`)
    .join(', ')}}`
}

/** As Python's `str` has it. */
function pythonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonText).join(', ')}]`
  if (typeof value === 'string') return `'${value}'`
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value !== 'object') return String(value)
  return `{${Object.entries(value)
    .map(([name, member]) => `'${name}': ${pythonText(member)}`)
    .join(', ')}}`
}

/** `Double.toString`: `1.0`, `1.767225600123E12`. */
function javaDouble(number: number): string {
  if (Math.abs(number) >= 1e7) {
    const [mantissa, exponent] = number.toExponential().split('e') as [string, string]
    return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`
  }
  return Number.isInteger(number) ? `${number}.0` : String(number)
}

/** Strings of a part of the request only, or of the body as it stands. */
function scopes(sent: Sent, pairs: readonly Pair[], head: string): Candidate[] {
  const from = (isIn: boolean) => stringOf(sent, pairs.filter(({ from }) => (from === 'query') === isIn)) // biome-ignore format: one thought
  const found: Candidate[] = []
  const hasBoth = sent.queryParameters.length > 0 && sent.bodyParameters.length > 0
  if (hasBoth) found.push({ mistake: 'query_left_out', text: from(false) }, { mistake: 'body_left_out', text: from(true) })
  if (sent.body !== 'none') {
    const unparsed = [
      head + sent.bodyText,
      sent.bodyText,
      hasBoth ? `${from(true)}\n${sent.bodyText}` : '',
      `${from(true)}${sent.bodyText}`,
    ]
    found.push(...unparsed.map((text) => ({ mistake: 'body_unparsed' as const, text })))
  }
  const withSign = (sign: Pair) => stringOf(sent, [...pairs, sign].sort(byName))
  const empty: Pair = { name: 'sign', text: '', raw: '', from: 'query' }
  found.push(
    { mistake: 'sign_included', text: withSign(empty) },
    { mistake: 'sign_included', text: withSign({ ...empty, text: 'null' }) },
    { mistake: 'sign_included', text: `${stringOf(sent, pairs)}&sign=` },
  )
  return found
}

function charsets(right: string): Candidate[] {
  const found: Candidate[] = []
  const gbk = encodeGbk(right)
  if (gbk) found.push({ mistake: 'charset', text: right, bytes: gbk })
  // What does not fit becomes a question mark, in Java and elsewhere.
  const latin1 = (text: string) => Uint8Array.from(text, (character) => (character <= '\xff' ? character.charCodeAt(0) : 0x3f))
  found.push({ mistake: 'charset', text: right.replace(/[^\0-\x7f]/gu, '?') })
  if (/[\x80-\xff]/.test(right)) found.push({ mistake: 'charset', text: right, bytes: latin1(right) })
  // UTF-8 that was read as Latin-1, and is UTF-8 once more.
  const twice = String.fromCharCode(...new TextEncoder().encode(right).slice(0, 60_000))
  found.push({ mistake: 'charset', text: twice })
  found.push({ mistake: 'charset', text: right.normalize('NFC') }, { mistake: 'charset', text: right.normalize('NFD') })
  return found
}

function ends(right: string): string[] {
  return [
    `${right}\n`,
    `${right}\r\n`,
    `${right} `,
    `${right}&`,
    `&${right}`,
    ` ${right}`,
    right.replaceAll('\n', '\r\n'),
    `\ufeff${right}`,
  ]
}

function joins(pairs: readonly Pair[], head: string): string[] {
  const joined = (inside: string, between: string) => head + pairs.map(({ name, text }) => name + inside + (text ?? '')).join(between)
  return [
    joined('', ''),
    joined('', '&'),
    joined('=', ''),
    joined('=', ','),
    joined('=', '|'),
    joined('=', ';'),
    joined('=', '\n'),
    joined(':', '&'),
    joined(':', ','),
    joined(':', ';'),
    head + pairs.map(({ text }) => text ?? '').join(''),
    head + pairs.map(({ text }) => text ?? '').join('&'),
    head + JSON.stringify(Object.fromEntries(pairs.map(({ name, text }) => [name, text]))),
    head + JSON.stringify(Object.fromEntries(pairs.map(({ name, text, raw, from }) => [name, from === 'json' ? JSON.parse(raw) : text]))),
  ]
}

function withSecret(sent: Sent, pairs: readonly Pair[], head: string, right: string, secret: string): string[] {
  const sorted = (name: string) => stringOf(sent, [...pairs, { name, text: secret, raw: '', from: 'query' } as const].sort(byName))
  const rest = stringOf(sent, pairs, '')
  return [
    `${right}&key=${secret}`,
    `${right}&appSecret=${secret}`,
    sorted('appSecret'),
    sorted('secret'),
    sorted('key'),
    right + secret,
    secret + right,
    head + secret + rest + secret,
    `${right}&${secret}`,
    `${right}&secret=${secret}`,
  ]
}

/** A clock that was read twice, or in another unit. */
function timestamps(pairs: readonly Pair[]): Pair[][] {
  const at = pairs.findIndex(({ name }) => name === 'timestamp')
  const sent = Number(pairs[at]?.text)
  if (at < 0 || !Number.isSafeInteger(sent)) return []
  const seconds = Math.trunc(sent / 1000)
  const times = [seconds, Math.round(sent / 1000), seconds * 1000, sent * 1000]
  for (let step = 1; step <= 5; step++) times.push(sent - step, sent + step)
  return times.map((time) => pairs.toSpliced(at, 1, { ...pairs[at]!, text: String(time) }))
}
