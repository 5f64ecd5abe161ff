// `npm run sign -- …`: signs one call and prints it as a `curl` command, ready for a shell. What was signed goes to standard error,
// so that the command alone can be piped on.

import { createSecretKey, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { settings } from '#config.ts'
import { Malformed } from '#schemes/parameters.ts'
import { Ambiguous } from '#schemes/php.ts'
import { readPrivateKey } from '#schemes/public-key.ts'
import {
  type CallerKey,
  carriesBody,
  isUnsignable,
  type RequestOrder,
  requestSigners,
  type SignedRequest,
  type Unsignable,
} from '#schemes/signed-request.ts'
import { fail, refuse, usage } from './sign/refuse.ts'

const tokenPath = '/openapi/token/generate'

const { scheme, order, withToken } = readOrder()
const call = sign(scheme, withToken ? { ...order, token: await fetchToken(order) } : order)
console.error(`待签名字符串 string to sign (${scheme}):\n${call.stringToSign}\n`)
console.error('请在五分钟内使用，且只能使用一次。 Good for five minutes, and once.\n')
console.log(curlFor(call))

/** All but what is of one request only. */
type Order = Omit<RequestOrder, 'now' | 'nonce'>

function sign(by: string, order: Order): SignedRequest {
  const signed = requestSigners[by]!.sign({ ...order, now: Date.now(), nonce: randomUUID() })
  return isUnsignable(signed) ? refuseToSign(signed) : signed
}

function refuseToSign(why: Unsignable): never {
  if (why instanceof Ambiguous) {
    const [one, other] = why.names
    return refuse(`PHP 不能确定 ${one} 与 ${other} 的先后。`, `PHP would not put ${one} and ${other} in one certain order.`)
  }
  const facts = why instanceof Malformed ? Object.values(why.facts).join(', ') : why.name
  return refuse(`参数有误：${why.reason} ${facts}`, `The parameters are not right: ${why.reason} ${facts}`)
}

function readOrder(): { scheme: string; order: Order; withToken: boolean } {
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

  const { app: appId, token, scheme } = values
  if (!appId) return refuse('缺少 --app。', '--app is missing.')
  if (!Object.hasOwn(requestSigners, scheme)) return refuse(`没有这种签名方案：${scheme}`, `There is no such scheme: ${scheme}`)
  const key = keyFor(scheme, values)
  if (token !== undefined && values['with-token']) refuse('--token 与 --with-token 只能二选一。', 'Give --token or --with-token, not both.')
  if (values.data !== undefined && !carriesBody(method)) {
    refuse(`${method} 的参数写在 URL 的查询串中，不用 --data。`, `A ${method} has its parameters in the query of the URL, not in --data.`)
  }
  const order = { method, url: new URL(address), data: values.data, appId, key, token, platformKey: values['platform-key'] }
  return { scheme, order, withToken: values['with-token'] }
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        app: { type: 'string' },
        secret: { type: 'string' },
        key: { type: 'string' },
        'key-id': { type: 'string' },
        scheme: { type: 'string', default: 'hmac-sha256' },
        'platform-key': { type: 'string', default: settings.authIdPublicKey.fallback as string },
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

function keyFor(scheme: string, given: { secret?: string; key?: string; 'key-id'?: string }): CallerKey {
  const signer = requestSigners[scheme]!
  if (given.key !== undefined) {
    const key = { ...privateKeyIn(given.key), keyId: given['key-id'] }
    if (!signer.takes(key.alg)) refuse(`${scheme} 不能用 ${key.alg} 私钥。`, `${scheme} does not sign by a key of ${key.alg}.`)
    if (scheme === 'rfc9421' && !key.keyId) refuse('缺少 --key-id。', '--key-id is missing.')
    return key
  }
  if (!signer.takes('secret')) return refuse(`${scheme} 需要私钥文件：--key。`, `${scheme} needs a file with a private key: --key.`)
  const secret = given.secret ?? process.env.APP_SECRET
  if (!secret) return refuse('缺少密钥：--secret 或环境变量 APP_SECRET。', 'The secret is missing: --secret, or the variable APP_SECRET.')
  if (scheme === 'openapi' && Buffer.byteLength(secret) !== 32) refuse('密钥应为 32 个字符。', 'The secret should have 32 characters.')
  return { alg: 'secret', key: createSecretKey(Buffer.from(secret)), keyId: undefined }
}

function privateKeyIn(file: string): Omit<CallerKey, 'keyId'> {
  try {
    const read = readPrivateKey(readFileSync(file, 'utf8'))
    if (read !== 'unknown_kind') return read
  } catch (error) {
    return refuse(`读不出私钥：${file}`, `No private key can be read from ${file}: ${(error as Error).message}`)
  }
  return refuse(`不认识的私钥：${file}`, `A private key of a kind that nobody takes: ${file}`)
}

/** By the same scheme where it signs parameters; else by one of those, with the same key. */
async function fetchToken(order: Order): Promise<string> {
  const names = scheme === 'rfc9421' || scheme === 'auth-id' ? ['hmac-sha256', 'rsa2', 'sm2'] : [scheme]
  const by = names.find((name) => requestSigners[name]!.takes(order.key.alg))
  if (!by) {
    return refuse(
      `换取 token 不能用 ${order.key.alg} 私钥，请用 --token。`,
      `No token is given for a key of ${order.key.alg}: get one by your secret, and give it by --token.`,
    )
  }
  const { url, body } = sign(by, { ...order, method: 'POST', url: new URL(tokenPath, order.url.origin), data: undefined })
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
function curlFor({ method, url, fields, body }: SignedRequest): string {
  const words = ['curl -sS -i --globoff', `-X ${method}`, quoted(url)]
  for (const [name, value] of Object.entries(fields)) words.push(`-H ${quoted(`${name}: ${value}`)}`)
  if (body !== undefined) words.push(`--data-raw ${quoted(body)}`)
  return words.join(' \\\n  ')
}

/** One word for a POSIX shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
