// Fills a reader's own values into the samples of `clients/` and `webhooks/`: the documentation shows them so, and tests run them so.
// A line that ends with the comment `@fill name` assigns something; what it assigns is replaced by a literal of its language. Pure,
// without Node.

import type { schemeNames } from '#core/app/app.ts'
import type { BodyAlg } from '#schemes/envelope.ts'

export type SampleLanguage = 'go' | 'java' | 'php' | 'python' | 'sh' | 'ts'

/** What an app may call by: a scheme, or `hmac-sha256` with a body that is encrypted. */
export type SampleKind = (typeof schemeNames)[number] | BodyAlg

type Files = { readonly [Language in SampleLanguage]?: string }

const clients = { ts: 'client.ts', java: 'Client.java', python: 'client.py', php: 'client.php', go: 'client.go', sh: 'client.sh' }
const named = (name: string, className: string) => ({ ts: `${name}.ts`, java: `${className}.java`, python: `${name}.py`, php: `${name}.php`, go: `${name}.go` }) // biome-ignore format: one row

/** The files of `clients/`. Where a language is missing, neither it nor the package that everybody uses has what the scheme needs. */
export const sampleFiles: { readonly [Kind in SampleKind]: Files } = {
  'hmac-sha256': clients,
  rfc9421: named('rfc9421', 'Rfc9421'),
  rsa2: clients,
  sm2: { ts: clients.ts, java: clients.java, php: clients.php, sh: clients.sh },
  openapi: { ts: clients.ts, java: clients.java, python: clients.python, php: clients.php, go: clients.go },
  'auth-id': named('auth-id', 'AuthId'),
  member: named('member', 'Member'),
  'aes-256-gcm': named('encrypted', 'Encrypted'),
  'sm4-gcm': { ts: 'encrypted-sm4.ts', java: 'Encrypted.java', python: 'encrypted.py' },
}

export interface CallSample {
  readonly gatewayUrl: string
  readonly appId: string
  /** Absent: the sample reads it from the environment, as all that is absent. */
  readonly appSecret?: string | undefined
  readonly security: string
  readonly scheme?: string | undefined
  readonly encrypt?: string | undefined
  readonly method: string
  /** With its `{name}` filled in. */
  readonly path: string
  readonly parameters: { readonly [name: string]: unknown }
}

export function fillCall(template: string, language: SampleLanguage, sample: Partial<CallSample> & Pick<CallSample, 'parameters'>): string {
  const { parameters } = sample
  const lines = Object.entries(parameters).map(([name, value]) => `${name}=${textOf(value)}`)
  return fillIn(template, language, { ...sample, pairs: lines.join('\n'), body: JSON.stringify(parameters) })
}

/** Lines whose value is not given stay as they are, but for the comment. */
export function fillIn(template: string, language: SampleLanguage, values: { readonly [name: string]: unknown }): string {
  const line = /^([^=\n]*=\s*)(.+?)(;?)[ \t]*(?:\/\/|#) @fill (\w+)$/gm
  return template.replace(line, (_, head: string, value: string, end: string, name: string) => {
    const given = values[name]
    return head + (given === undefined ? value : literal(given, writers[language])) + end
  })
}

/** How a language writes values. */
interface Writer {
  text(text: string): string
  number(number: number): string
  list(items: readonly string[]): string
  object(members: readonly (readonly [name: string, value: string])[]): string
  readonly words: readonly [yes: string, no: string, nothing: string]
}

function literal(value: unknown, writer: Writer): string {
  const [yes, no, nothing] = writer.words
  if (value === null || value === undefined) return nothing
  if (typeof value === 'string') return writer.text(value)
  if (typeof value === 'number') return writer.number(value)
  if (typeof value === 'boolean') return value ? yes : no
  if (Array.isArray(value)) return writer.list(value.map((item) => literal(item, writer)))
  return writer.object(Object.entries(value).map(([name, member]) => [writer.text(name), literal(member, writer)]))
}

const double = (text: string) => JSON.stringify(text)
const single = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`
const pairs = (inside: string) => (members: readonly (readonly [string, string])[]) =>
  members.map(([name, value]) => name + inside + value).join(', ')

const writers: { readonly [Language in SampleLanguage]: Writer } = {
  ts: {
    // What JSON escapes, and no more.
    text: (text) => `'${double(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`,
    number: String,
    list: (items) => `[${items.join(', ')}]`,
    object: (members) => (members.length === 0 ? '{}' : `{ ${pairs(': ')(members.map(([name, value]) => [plainName(name), value]))} }`),
    words: ['true', 'false', 'null'],
  },
  python: {
    text: double,
    number: String,
    list: (items) => `[${items.join(', ')}]`,
    object: (members) => `{${pairs(': ')(members)}}`,
    words: ['True', 'False', 'None'],
  },
  java: {
    text: double,
    number: (number) => (Number.isInteger(number) && Math.abs(number) > 0x7fff_ffff ? `${number}L` : String(number)),
    list: (items) => `listOf(${items.join(', ')})`,
    object: (members) => `mapOf(${pairs(', ')(members)})`,
    words: ['true', 'false', 'null'],
  },
  php: {
    text: single,
    number: String,
    list: (items) => `[${items.join(', ')}]`,
    object: (members) => `[${pairs(' => ')(members)}]`,
    words: ['true', 'false', 'null'],
  },
  go: {
    text: double,
    number: String,
    list: (items) => `[]any{${items.join(', ')}}`,
    object: (members) => `map[string]any{${pairs(': ')(members)}}`,
    words: ['true', 'false', 'nil'],
  },
  // A shell has texts only: of parameters `pairs` and `body`.
  sh: {
    text: shellWord,
    number: String,
    list: () => '',
    object: () => '',
    words: ['true', 'false', "''"],
  },
}

/** `'plate'` as `plate`, where a name needs no quotes. */
function plainName(name: string): string {
  return /^'[A-Za-z_$][\w$]*'$/.test(name) ? name.slice(1, -1) : name
}

/** One word for a POSIX shell, whatever is in it. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The same call by `npm run sign`, which prints a curl command. The secret comes from the variable APP_SECRET. */
export function signCommand({ gatewayUrl, appId, security, scheme = 'hmac-sha256', method, path, parameters }: CallSample): string {
  const hasBody = method === 'POST' || method === 'PUT'
  const query = new URLSearchParams(Object.entries(parameters).map(([name, value]): [string, string] => [name, textOf(value)])).toString()
  const url = `${gatewayUrl}${path}${hasBody || query === '' ? '' : `?${query}`}`
  const token = security.startsWith('token') ? ' --with-token' : ''
  const data = hasBody ? ` -d ${shellWord(JSON.stringify(parameters))}` : ''
  const by = scheme === 'hmac-sha256' ? '' : ` --scheme ${scheme}`
  const key = scheme === 'rsa2' || scheme === 'sm2' ? ' --key private.pem' : ''
  return `npm run -s sign -- --app ${appId}${by}${key}${token}${data} ${method} ${shellWord(url)}`
}
