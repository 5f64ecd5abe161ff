// Changes to a signed request: harmless ones, which it survives, and all others, which have to end it. Add one as a row of `mutations`.

export type Random = ReturnType<typeof createRandom>

/** The same numbers for the same seed (mulberry32). */
export function createRandom(seed: number) {
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (bound: number) => Math.floor(next() * bound)
  return {
    below,
    pick: <Item>(items: readonly Item[]): Item => items[below(items.length)]!,
    chance: (probability: number) => next() < probability,
  }
}

/** A request in its pieces, all of them bytes as latin1 characters. */
export interface Draft {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

export function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}

export function render({ method, path, query, fields, body }: Draft): string {
  const target = query === '' ? path : `${path}?${query}`
  const isFramed = fields.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name))
  const all = body === '' || isFramed ? fields : [...fields, ['Content-Length', String(body.length)] as const]
  return `${method} ${target} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}

export interface Mutated {
  readonly bytes: string
  /** What was done, for a report. */
  readonly done: readonly string[]
  /** Whether the message may end elsewhere than its bytes. */
  readonly isTorn: boolean
}

export function mutate(draft: Draft, random: Random): Mutated {
  const done: string[] = []
  let changed = draft
  for (let left = 1 + random.below(3); left > 0; left--) {
    const name = random.pick(names)
    done.push(name)
    changed = mutations[name]!(changed, random)
  }
  const bytes = render(changed)
  if (!random.chance(0.06)) return { bytes, done, isTorn: done.some((name) => name.startsWith('framing: ')) }
  return { bytes: changeByte(bytes, random), done: [...done, 'a byte of the message'], isTorn: true }
}

type Mutation = (draft: Draft, random: Random) => Draft

const mutations: Record<string, Mutation> = {
  'a byte of the body': (draft, random) => ({ ...draft, body: changeByte(draft.body, random) }),
  'a byte of the query': (draft, random) => ({ ...draft, query: changeByte(draft.query, random) }),
  'a byte of the path': (draft, random) => ({ ...draft, path: changeByte(draft.path, random) }),
  'a byte of a field': onField((value, random) => changeByte(value, random)),

  'a parameter twice': onPairs((pairs, random) => insert(pairs, random.pick(pairs), random)),
  'a parameter twice, in another letter case': onPairs((pairs, random) => insert(pairs, otherCase(random.pick(pairs)), random)),
  'parameters in another order': onPairs((pairs, random) => pairs.toSorted(() => random.below(3) - 1)),
  'a parameter less': onPairs((pairs, random) => pairs.toSpliced(random.below(pairs.length), 1)),
  'a parameter more': onPairs((pairs, random, isJson) => insert(pairs, random.pick(isJson ? newMembers : newPairs), random)),
  'two values change places': onPairs(swapValues),
  'two parameters become one': onPairs((pairs, random, isJson) => (isJson ? pairs : splice(pairs, random))),
  'a parameter moves between query and body': moveBetween,
  'the body becomes the query': (draft) => ({ ...draft, query: draft.body, body: '' }),
  'the query becomes the body': (draft) => ({ ...draft, body: draft.query, query: '' }),

  'a character percent-encoded': onText((text, random) => atRandom(text, random, (char) => `%${hex(char)}`)),
  'a percent-encoding decoded': onText((text) => text.replace(/%([0-9a-f]{2})/i, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))), // biome-ignore format: a row
  'percent-encodings in lower case': onText((text) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
  'a percent sign encoded once more': onText((text) => text.replace('%', '%25')),
  'a plus for a space': onText((text) => text.replace('%20', '+')),
  'a space for a plus': onText((text) => text.replace('+', '%20')),
  'a plus encoded': onText((text) => text.replace('+', '%2B')),
  'something that decodes badly': onText((text, random) => atRandom(text, random, (char) => char + random.pick(badEncodings))),

  'white space between tokens': onJson((tokens, random) =>
    tokens.toSpliced(random.below(tokens.length), 0, random.pick([' ', '\t', '\n', '\r\n'])),
  ),
  'white space that JSON has not': onJson((tokens, random) => tokens.toSpliced(random.below(tokens.length), 0, random.pick(['\x0b', '\xa0', bytesOf('\u2028'), '/**/']))), // biome-ignore format: a row
  'a number in another text': onTokens(/^-?\d/, (token, random) => random.pick([`${token}.0`, `${token}e0`, `0${token}`, `+${token}`, `-${token}`, `"${token}"`, `${token}0`, ` ${token} `])), // biome-ignore format: a row
  'a text without its quotes': onTokens(/^"/, (token) => token.slice(1, -1)),
  'a text with a character escaped': onTokens(/^"./, escapeOne),
  'a text with an escape more': onTokens(/^"/, (token, random) => `${token.slice(0, -1)}${random.pick(['\\u0000', '\\ud800', '\\u0020', '\\/', '\\n', '\\x41', '\\'])}"`), // biome-ignore format: a row
  'another literal': onTokens(/^(?:true|false|null)$/, (_, random) => random.pick(['true', 'false', 'null', '""', '0', 'True', 'NaN'])),
  'a token less': onJson((tokens, random) => tokens.toSpliced(random.below(tokens.length), 1)),
  'a token twice': onJson((tokens, random) => insert(tokens, random.pick(tokens), random)),
  'a byte order mark': (draft) => ({ ...draft, body: `\xef\xbb\xbf${draft.body}` }),
  'something behind the JSON': (draft, random) => ({ ...draft, body: draft.body + random.pick(['\n', ' ', '{}', ';', '\0', '&a=1']) }),
  'a JSON in a list': (draft) => ({ ...draft, body: `[${draft.body}]` }),
  'deep nesting': onPairs((pairs, _, isJson) => (isJson ? [...pairs, `"deep":${'['.repeat(80)}${']'.repeat(80)}`] : pairs)),
  'too many parameters': onPairs((pairs, _, isJson) => [...pairs, ...Array.from({ length: 1_001 }, (_, at) => (isJson ? `"z${at}":1` : `z${at}=1`))]), // biome-ignore format: a row

  'another normal form of Unicode': onText((text, random) => bytesOf(textOf(text).normalize(random.pick(['NFD', 'NFC', 'NFKC'])))),
  'an invisible character': onText((text, random) => atRandom(text, random, (char) => char + random.pick(invisible))),
  'a lookalike': onText((text) => bytesOf(textOf(text).replace(/[aeopc0-9]/, (char) => lookalikes[char] ?? char))),
  'bytes that are no UTF-8': onText((text, random) =>
    atRandom(text, random, (char) => char + random.pick(['\xff', '\xc0\xaf', '\xed\xa0\x80', '\xe8\xbd'])),
  ),

  'another content type': (draft, random) => withField(draft, 'Content-Type', random.pick(contentTypes)),
  'a second content type': (draft, random) => addField(draft, 'Content-Type', random.pick(contentTypes), random),
  'no content type': (draft) => withoutField(draft, 'Content-Type'),
  'a content coding': (draft, random) =>
    addField(draft, 'Content-Encoding', random.pick(['gzip', 'identity', 'br', 'deflate, gzip']), random),
  'a field that misleads': (draft, random) => addField(draft, ...random.pick(misleading), random),
  'a field that only we may say': (draft, random) =>
    addField(draft, random.pick([...ours, 'X-App-Id', 'X_App_Id', 'x_user-id', 'X_Forwarded_For']), 'forged', random),
  'fields in another order': (draft, random) => ({ ...draft, fields: draft.fields.toSorted(() => random.below(3) - 1) }),
  'a field twice': (draft, random) => (draft.fields.length > 0 ? addField(draft, ...random.pick(draft.fields), random) : draft),
  'a field less': (draft, random) => ({ ...draft, fields: draft.fields.toSpliced(random.below(draft.fields.length), 1) }),
  'field names in capitals': (draft) => ({ ...draft, fields: draft.fields.map(([name, value]) => [name.toUpperCase(), value] as const) }),
  'the token in the field of its name': (draft) => ({
    ...draft,
    fields: draft.fields.map(([name, value]) =>
      name === 'Authorization' ? (['token', value.slice(7)] as const) : ([name, value] as const),
    ),
  }),
  'another token': (draft, random) => withField(draft, 'Authorization', random.pick(['Bearer x', 'Bearer ', 'Basic YTpi', 'Bearer eyJhbGciOiJub25lIn0.e30.'])), // biome-ignore format: a row

  'a covered component less': onNamed('Signature-Input', (value, random) => dropOne(value, /"[@a-z-]+" ?/g, random)),
  'a covered component more': onNamed('Signature-Input', (value, random) => value.replace('(', `(${random.pick(components)} `)),
  'covered components in another order': onNamed('Signature-Input', (value) => value.replace(/\(("[^ ]+") (.*?)\)/, '($2 $1)')),
  'another parameter of the signature': onNamed('Signature-Input', (value, random) => value + random.pick(signatureParameters)),
  'another value of a parameter of the signature': onNamed('Signature-Input', (value, random) => value.replace(...random.pick(otherParameters))), // biome-ignore format: a row
  'another label of the signature': onNamed('Signature', (value, random) => value.replace('s=', random.pick(['S=', 't=', 's;a=', 's=1, s=']))), // biome-ignore format: a row
  'a signature of somebody else too': (draft, random) => ({
    ...draft,
    fields: draft.fields.map(
      ([name, value]) => [name, /^signature/i.test(name) ? `${value}, ${random.pick(foreign(name))}` : value] as const,
    ),
  }),
  'another digest': onNamed('Content-Digest', (value, random) => random.pick([`${value}, sha-512=:AAAA:`, `md5=:AAAA:, ${value}`, value.replace('sha-256', 'sha-512'), `${value};a=1`])), // biome-ignore format: a row
  'digits move between the time and a value': (draft, random) => ({ ...draft, query: draft.query.replace(/(requestTime=\d+?)(\d{1,4})(?=$|&)/, (_, time: string, digits: string) => random.pick([time, `${time}&a=${digits}`, `a=${digits}&${time}`, `${time}${digits}0`])) }), // biome-ignore format: a row
  'another time': (draft, random) => ({ ...draft, query: draft.query.replace(/requestTime=\d+/, random.pick(['requestTime=0', 'requestTime=', 'requestTime=1e12', 'requestTime=99999999999']))}), // biome-ignore format: a row

  'another path': (draft, random) => ({ ...draft, path: random.pick(fuzzedPaths) }),
  'a path spelled differently': (draft, random) => ({ ...draft, path: random.pick(spellings)(draft.path) }),
  'another method': (draft, random) => ({
    ...draft,
    method: random.pick(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS', 'post']),
  }),

  'framing: chunks': (draft, random) => withField({ ...draft, body: chunksOf(draft.body, random) }, 'Transfer-Encoding', 'chunked'),
  'framing: a length that is not true': (draft, random) => withField(draft, 'Content-Length', String(Math.max(0, draft.body.length + random.pick([-1, 1, -9, 20])))), // biome-ignore format: a row
  'framing: a length besides chunks': (draft) => withField(withField(draft, 'Content-Length', String(draft.body.length)), 'Transfer-Encoding', 'chunked'), // biome-ignore format: a row
}
const names = Object.keys(mutations)

/** What the fuzzed interfaces are called by. */
export const fuzzedPaths = [
  '/fuzz/plain',
  '/fuzz/other',
  '/fuzz/gate/1/open',
  `/fuzz/gate/${encodeURIComponent('京A 1')}/open`,
  '/fuzz/gate/%2B/open',
]

const newPairs = ['x=1', 'x=', 'x', '=', '=1', '&', '__proto__=1', 'sign=AAAA', 'appId=x', 'nonce=again', 'signType=hmac-sha256', 'signType=', 'a[]=1'] // biome-ignore format: a table
const newMembers = ['"x":1', '"x":""', '"x":null', '"x":[]', '"x":{"y":1}', '"":1', '"__proto__":{"x":1}', '"sign":"AAAA"', '"appId":"x"', '"nonce":"again"', '"signType":"hmac-sha256"', '"signType":""', '"s\\u0069gn":"x"'] // biome-ignore format: a table
const components = [
  '"@scheme"',
  '"x-app-id"',
  '"@query-param";name="a"',
  '"@method"',
  '"content-type"',
  '"@path";req',
  '"@status"',
  '""',
  '"host"',
]
const signatureParameters = [
  ';x=1',
  ';tag="other"',
  ';expires=1',
  ';expires=99999999999',
  ';created=1',
  ';alg="ed25519"',
  ';nonce="again"',
  ' ',
  ';',
  ', s=()',
  ';keyid=""',
]
const otherParameters: readonly (readonly [RegExp, string])[] = [[/created=\d+/, 'created=1'], [/created=(\d+)/, 'created=$1.0'], [/nonce="."/, 'nonce="0'], [/:k1"/, '"'], [/alg="[^"]+"/, 'alg="rsa-v1_5-sha256"'], [/tag="kaimen"/, 'tag="Kaimen"'], [/keyid="/, 'keyid="x']] // biome-ignore format: a table
const foreign = (name: string) =>
  name.toLowerCase() === 'signature' ? ['o=:AAAA:', 's=:AAAA:', 'o'] : ['o=("@method");created=1;keyid="o o"', 's=()', 'o']
const badEncodings = ['%', '%z', '%zz', '%0', '%00', '%ff', '%C0%AF', '%u0041', '%ED%A0%80', '%0d%0a', '%26', '%3D']
const invisible = ['\u200b', '\u00ad', '\u202e', '\ufeff', '\u0301', '\u2060'].map(bytesOf)
const lookalikes: Record<string, string> = { a: 'а', e: 'е', o: 'ο', p: 'р', c: 'с', 0: '０', 1: '１', 2: '²', 3: '３', 5: '５' }
const contentTypes = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset="UTF-8"',
  'application/json; charset=gbk',
  'Application/JSON',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-8',
  'application/x-www-form-urlencoded, application/json',
  'application/json, application/x-www-form-urlencoded',
  'text/json',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/vnd.api+json',
  '',
]
const misleading: readonly (readonly [string, string])[] = [
  ['X-HTTP-Method-Override', 'DELETE'],
  ['X-Original-URL', '/fuzz/other'],
  ['X-Rewrite-URL', '/fuzz/other'],
  ['Connection', 'content-type, keep-alive'],
  ['Connection', 'content-length, keep-alive'],
  ['Expect', '100-continue'],
  ['Upgrade', 'h2c'],
  ['Host', 'evil'],
  ['token', 'x'],
  ['authentication', '1 x'],
  ['Signature-Input', 'sig1=()'],
]
/** Fields that only the gateway may say. */
export const ours = ['x-app-id', 'x-user-id', 'x-open-id', 'x-project-ids', 'x-request-id', 'x-forwarded-for', 'forwarded', 'traceparent']
const spellings: readonly ((path: string) => string)[] = [
  (path) => `${path}/`,
  (path) => `/${path}`,
  (path) => path.toUpperCase(),
  (path) => path.replace('/fuzz/', '/fuzz/./'),
  (path) => path.replace('/fuzz/', '/x/../fuzz/'),
  (path) => path.replace('/fuzz/', '/fuzz/%2e/'),
  (path) => path.replace('/fuzz/', '/fuzz%2f'),
  (path) => path.replace('fuzz', '%66uzz'),
  (path) => path.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  (path) => `${path};x=1`,
  (path) => `${path}%00`,
  (path) => `${path}#x`,
  (path) => `http://gate${path}`,
]

/** Works on the parameters of the query, or on those of the body: `a=1`, or `"a":1` of an object. */
function onPairs(change: (pairs: readonly string[], random: Random, isJson: boolean) => readonly string[]): Mutation {
  return (draft, random) => {
    const inBody = draft.body !== '' && (draft.query === '' || random.chance(0.7))
    const text = inBody ? draft.body : draft.query
    const isJson = inBody && text.startsWith('{') && text.endsWith('}')
    const pairs = isJson ? membersOf(text) : text.split('&')
    if (pairs.length === 0) return draft
    const changed = change(pairs, random, isJson)
    const joined = isJson ? `{${changed.join(',')}}` : changed.join('&')
    return inBody ? { ...draft, body: joined } : { ...draft, query: joined }
  }
}

function onText(change: (text: string, random: Random) => string): Mutation {
  return (draft, random) => {
    if (draft.body !== '' && random.chance(0.7)) return { ...draft, body: change(draft.body, random) }
    return random.chance(0.2) ? { ...draft, path: change(draft.path, random) } : { ...draft, query: change(draft.query, random) }
  }
}

function onField(change: (value: string, random: Random) => string): Mutation {
  return (draft, random) => {
    const at = random.below(draft.fields.length)
    const field = draft.fields[at]
    return field ? { ...draft, fields: draft.fields.with(at, [field[0], change(field[1], random)]) } : draft
  }
}

function onNamed(name: string, change: (value: string, random: Random) => string): Mutation {
  return (draft, random) => ({
    ...draft,
    fields: draft.fields.map(([each, value]) => [each, each.toLowerCase() === name.toLowerCase() ? change(value, random) : value] as const),
  })
}

function dropOne(text: string, pattern: RegExp, random: Random): string {
  const found = [...text.matchAll(pattern)]
  const one = random.pick(found)
  return one === undefined ? text : text.slice(0, one.index) + text.slice(one.index + one[0].length)
}

function onJson(change: (tokens: readonly string[], random: Random) => readonly string[]): Mutation {
  return (draft, random) => (draft.body.startsWith('{') ? { ...draft, body: change(tokensOf(draft.body), random).join('') } : draft)
}

function onTokens(kind: RegExp, change: (token: string, random: Random) => string): Mutation {
  return onJson((tokens, random) => {
    const fitting = tokens.flatMap((token, at) => (kind.test(token) ? [at] : []))
    const at = random.pick(fitting)
    return at === undefined ? tokens : tokens.with(at, change(tokens[at]!, random))
  })
}

export function tokensOf(json: string): string[] {
  return json.match(/"(?:[^"\\]|\\[\s\S])*"|[{}[\]:,]|[^"{}[\]:,]+|"/g) ?? []
}

function membersOf(object: string): string[] {
  const members: string[] = []
  let depth = 0
  let member = ''
  for (const token of tokensOf(object.slice(1, -1))) {
    if (token === '{' || token === '[') depth++
    if (token === '}' || token === ']') depth--
    if (token === ',' && depth === 0) {
      members.push(member)
      member = ''
    } else member += token
  }
  return member === '' ? members : [...members, member]
}

function changeByte(text: string, random: Random): string {
  const at = random.below(text.length + 1)
  const byte = String.fromCharCode(random.chance(0.5) ? 0x20 + random.below(0x5f) : random.below(256))
  const flipped = String.fromCharCode((text.charCodeAt(at) || 0) ^ (1 << random.below(8)))
  const length = random.below(2)
  return text.slice(0, at) + random.pick([byte, flipped, '']) + text.slice(at + length)
}

function atRandom(text: string, random: Random, change: (char: string) => string): string {
  const at = random.below(text.length)
  return text === '' ? text : text.slice(0, at) + change(text[at]!) + text.slice(at + 1)
}

function insert(items: readonly string[], item: string, random: Random): string[] {
  return items.toSpliced(random.below(items.length + 1), 0, item)
}

function otherCase(pair: string): string {
  return pair.replace(/[a-z]/i, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()))
}

function swapValues(pairs: readonly string[], random: Random, isJson: boolean): string[] {
  const mark = isJson ? ':' : '='
  const [one, other] = [random.below(pairs.length), random.below(pairs.length)]
  const cut = (pair: string) => (pair.indexOf(mark) < 0 ? pair.length : pair.indexOf(mark))
  const name = (at: number) => pairs[at]!.slice(0, cut(pairs[at]!))
  const value = (at: number) => pairs[at]!.slice(cut(pairs[at]!))
  return one === other ? [...pairs] : pairs.with(one, name(one) + value(other)).with(other, name(other) + value(one))
}

/** `a=1`, `b=2` become `a=1%26b%3D2`. */
function splice(pairs: readonly string[], random: Random): string[] {
  const at = random.below(pairs.length)
  const next = pairs[at + 1]
  return next === undefined ? [...pairs] : pairs.toSpliced(at, 2, `${pairs[at]}%26${next.replace('=', '%3D')}`)
}

function moveBetween(draft: Draft, random: Random): Draft {
  const pairs = draft.query === '' ? [] : draft.query.split('&')
  if (!draft.body.startsWith('{')) {
    const all = [...pairs, ...(draft.body === '' ? [] : draft.body.split('&'))]
    const cut = random.below(all.length + 1)
    return { ...draft, query: all.slice(0, cut).join('&'), body: all.slice(cut).join('&') }
  }
  const members = membersOf(draft.body)
  const at = random.below(members.length)
  const match = /^\s*"([^"\\]*)"\s*:\s*(?:"([^"\\]*)"|([^"\s]+))\s*$/.exec(members[at] ?? '')
  if (!match) return draft
  const encode = (text: string) => text.replace(/[^A-Za-z0-9]/g, (char) => `%${hex(char)}`)
  const pair = `${encode(match[1]!)}=${encode(match[2] ?? match[3]!)}`
  return { ...draft, query: [...pairs, pair].join('&'), body: `{${members.toSpliced(at, 1).join(',')}}` }
}

function escapeOne(token: string, random: Random): string {
  const inner = textOf(token.slice(1, -1))
  if (inner === '' || inner.includes('\\')) return token
  const at = random.below(inner.length)
  return bytesOf(`"${inner.slice(0, at)}\\u${inner.charCodeAt(at).toString(16).padStart(4, '0')}${inner.slice(at + 1)}"`)
}

function chunksOf(body: string, random: Random): string {
  let rest = body
  let out = ''
  while (rest !== '') {
    const size = 1 + random.below(rest.length)
    out += `${size.toString(16)}\r\n${rest.slice(0, size)}\r\n`
    rest = rest.slice(size)
  }
  return `${out}0\r\n\r\n`
}

function withoutField(draft: Draft, name: string): Draft {
  return { ...draft, fields: draft.fields.filter(([each]) => each.toLowerCase() !== name.toLowerCase()) }
}

function withField(draft: Draft, name: string, value: string): Draft {
  const without = withoutField(draft, name)
  return { ...without, fields: [...without.fields, [name, value]] }
}

function addField(draft: Draft, name: string, value: string, random: Random): Draft {
  return { ...draft, fields: draft.fields.toSpliced(random.below(draft.fields.length + 1), 0, [name, value]) }
}

const textOf = (bytes: string) => Buffer.from(bytes, 'latin1').toString()
const hex = (char: string) => char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')
