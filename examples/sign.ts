// `npm run sign -- …`: signs one call and prints it as a `curl` command, ready for a shell. What was signed goes to standard error,
// so that the command alone can be piped on.

import { createSecretKey, randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { schemes } from '#schemes/index.ts'
import {
  Malformed,
  type Parameter,
  readJsonObject,
  readQuery,
  sortParameters,
  withoutFromJson,
  withoutFromQuery,
} from '#schemes/parameters.ts'
import type { Scheme } from '#schemes/scheme.ts'

const usage = `用法 Usage:
  npm run -s sign -- --app <appId> [--secret <appSecret>] [--scheme hmac-sha256|openapi]
                     [--token <token> | --with-token] [-d '<json>'] METHOD URL

  --app         应用的 appId                    the appId of the app
  --secret      应用密钥；不给则取环境变量 APP_SECRET，以免留在命令历史中
                the secret of the app; otherwise taken from the variable APP_SECRET, which leaves no trace in a shell's history
  --scheme      签名方案，默认 hmac-sha256        the scheme; hmac-sha256 unless given
  --token       已有的 token                    a token that you have
  --with-token  先向同一主机换取 token            first gets a token from the same host
  -d, --data    POST、PUT 的 JSON 对象，数字原样保留
                the JSON object of a POST or PUT, whose numbers stay as written
  METHOD        GET, POST, PUT, DELETE

  npm run -s sign -- --app 9phm93oigrhk6k9n --with-token GET 'http://127.0.0.1:9000/api/v1/car/parking?park=东门'`

interface Order {
  readonly method: string
  readonly url: URL
  readonly data: string | undefined
  readonly appId: string
  readonly secret: string
  readonly scheme: Scheme
  readonly token: string | undefined
  readonly withToken: boolean
}

interface SignedCall {
  readonly method: string
  readonly url: string
  readonly body: string | undefined
  readonly stringToSign: string
}

const tokenPath = '/openapi/token/generate'
const signatureFields = new Set(['appId', 'timestamp', 'nonce', 'sign', 'signType'])

const order = readOrder()
const token = order.withToken ? await fetchToken(order) : order.token
const call = sign(order)
console.error(`待签名字符串 string to sign (${order.scheme.name}):\n${call.stringToSign}\n`)
console.error('请在五分钟内使用，且只能使用一次。 Good for five minutes, and once.\n')
console.log(curlFor(call, token))

function readOrder(): Order {
  const { values, positionals } = readArguments()
  if (values.help) {
    console.log(usage)
    process.exit(0)
  }
  const [method, address, ...rest] = positionals
  if (method === undefined || address === undefined || rest.length > 0) {
    refuse(
      '需要一个 METHOD 和一个 URL；含空格或 & 的 URL 请加引号。',
      'One METHOD and one URL are needed; quote a URL that has spaces or &.',
    )
  }
  if (!['GET', 'POST', 'PUT', 'DELETE'].includes(method)) refuse(`不支持的方法：${method}`, `No such method here: ${method}`)
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) refuse(`不是 http(s) 网址：${address}`, `Not an http(s) URL: ${address}`)

  const appId = values.app
  const secret = values.secret ?? process.env.APP_SECRET
  if (!appId) return refuse('缺少 --app。', '--app is missing.')
  if (!secret) return refuse('缺少密钥：--secret 或环境变量 APP_SECRET。', 'The secret is missing: --secret, or the variable APP_SECRET.')
  const scheme = schemes.find(({ name }) => name === values.scheme)
  if (!scheme) return refuse(`没有这种签名方案：${values.scheme}`, `There is no such scheme: ${values.scheme}`)
  if (scheme.name === 'openapi' && Buffer.byteLength(secret) !== 32) refuse('密钥应为 32 个字符。', 'The secret should have 32 characters.')
  if (values.token !== undefined && values['with-token'])
    refuse('--token 与 --with-token 只能二选一。', 'Give --token or --with-token, not both.')
  if (values.data !== undefined && !carriesBody(method)) {
    refuse(`${method} 的参数写在 URL 的查询串中，不用 --data。`, `A ${method} has its parameters in the query of the URL, not in --data.`)
  }
  return { method, url: new URL(address), data: values.data, appId, secret, scheme, token: values.token, withToken: values['with-token'] }
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        app: { type: 'string' },
        secret: { type: 'string' },
        scheme: { type: 'string', default: 'hmac-sha256' },
        token: { type: 'string' },
        'with-token': { type: 'boolean', default: false },
        data: { type: 'string', short: 'd' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    return refuse('命令行参数有误。', (error as Error).message)
  }
}

function carriesBody(method: string): boolean {
  return method === 'POST' || method === 'PUT'
}

// What was signed before may be signed again: its old fields go.
function isField(name: string): boolean {
  return signatureFields.has(name)
}

/** The call with the fields of its signature: at the end of the JSON body of POST and PUT, else at the end of the query. */
function sign({ method, url, data, appId, secret, scheme }: Order): SignedCall {
  const timestamp = Date.now()
  const fields: Record<string, string> = { appId, timestamp: String(timestamp), nonce: randomUUID() }
  if (scheme.signType !== undefined) fields.signType = scheme.signType
  const givenQuery = url.search.slice(1)
  const inQuery = orRefuse(readQuery(givenQuery))
  const inBody = data === undefined ? [] : orRefuse(readJsonObject(data))
  const business = [...inQuery, ...inBody].filter(({ name }) => !isField(name))
  const added = Object.entries(fields).map(([name, text]): Parameter => ({ name, text, start: 0, end: 0 }))
  const parameters = orRefuse(sortParameters([...business, ...added]))

  const stringToSign = scheme.stringToSign({ method, path: url.pathname, parameters })
  const complete = { ...fields, sign: scheme.sign(stringToSign, createSecretKey(Buffer.from(secret))) }
  const query = withoutFromQuery(givenQuery, inQuery, isField)
  if (carriesBody(method)) {
    const body = joinJson(data === undefined ? '{}' : withoutFromJson(data, inBody, isField), { ...complete, timestamp })
    return { method, url: addressOf(url, query), body, stringToSign }
  }
  const signedQuery = [query, new URLSearchParams(complete).toString()].filter((part) => part !== '').join('&')
  return { method, url: addressOf(url, signedQuery), body: undefined, stringToSign }
}

/** Two objects as one, without touching the text of the first. */
function joinJson(first: string, second: object): string {
  const members = first.slice(1, -1)
  return `{${members}${members === '' ? '' : ','}${JSON.stringify(second).slice(1)}`
}

function addressOf(url: URL, query: string): string {
  return `${url.origin}${url.pathname}${query === '' ? '' : `?${query}`}`
}

async function fetchToken(order: Order): Promise<string> {
  const { url, body } = sign({ ...order, method: 'POST', url: new URL(tokenPath, order.url.origin), data: undefined })
  try {
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: body! })
    const text = await answer.text()
    if (answer.ok) return (JSON.parse(text) as { data: { token: string } }).data.token
    return fail(`没有换到 token：${text}`, `No token from ${url}: ${answer.status}`)
  } catch (error) {
    return fail(
      `无法访问 ${url}。`,
      `${url} cannot be reached: ${((error as Error).cause as Error | undefined)?.message ?? (error as Error).message}`,
    )
  }
}

/** `-i` shows status and header, `--globoff` leaves brackets in the URL alone, `--data-raw` an @ at the beginning of a body. */
function curlFor({ method, url, body }: SignedCall, bearer: string | undefined): string {
  const words = ['curl -sS -i --globoff', `-X ${method}`, quoted(url)]
  if (bearer !== undefined) words.push(`-H ${quoted(`Authorization: Bearer ${bearer}`)}`)
  if (body !== undefined) words.push(`-H ${quoted('Content-Type: application/json')}`, `--data-raw ${quoted(body)}`)
  return words.join(' \\\n  ')
}

/** One word for a POSIX shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

function orRefuse<T>(read: T | Malformed): T {
  if (!(read instanceof Malformed)) return read
  const facts = Object.values(read.facts).join(', ')
  return refuse(`参数有误：${read.reason} ${facts}`, `The parameters are not right: ${read.reason} ${facts}`)
}

/** The command was wrong. */
function refuse(zh: string, en: string): never {
  console.error(`${zh}\n${en}\n\n${usage}`)
  process.exit(2)
}

/** The command was right, and yet it could not be done. */
function fail(zh: string, en: string): never {
  console.error(`${zh}\n${en}`)
  process.exit(1)
}
