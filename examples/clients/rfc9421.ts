// Makes one call of an open platform, signed as an HTTP message (RFC 9421): gets a token if the interface wants one, signs, sends,
// prints each answer as a line of JSON.
// 以 HTTP 消息签名（RFC 9421）调用开放平台的一个接口：需要时先换取 token，签名并发送，每个应答打印为一行 JSON。
//
//   GATEWAY_URL=http://127.0.0.1:9000 APP_ID=… APP_SECRET=… API_PATH=/api/v1/car/parking node rfc9421.ts
//
// Scheme rfc9421 by the app's secret; by a key that the app registered, `keyid` is appId:keyId and `alg` that of the key.
// Node 22.18 or later, nothing to install.

import { createHash, createHmac, randomUUID } from 'node:crypto'

const gatewayUrl = setting('GATEWAY_URL') // @fill gatewayUrl
const appId = setting('APP_ID') // @fill appId
const appSecret = setting('APP_SECRET') // @fill appSecret
const security: string = 'token+sign' // @fill security
const method: string = 'POST' // @fill method
const path = setting('API_PATH') // @fill path
const parameters: Record<string, unknown> = { plate: '京A·12345', fen: 1250, items: [{ name: '东门 停车', hours: 2.5 }] } // @fill parameters

const fields: Record<string, string> = {}
if (security.startsWith('token')) fields.authorization = `Bearer ${await getToken()}`
// Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT.
if (method === 'POST' || method === 'PUT') {
  const body = JSON.stringify(parameters)
  fields['content-type'] = 'application/json'
  fields['content-digest'] = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
  await send(method, path, { ...fields, ...signature('') }, body)
} else {
  const query = Object.entries(parameters).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(textOf(value))}`)
  const search = `?${query.join('&')}`
  await send(method, path + search, { ...fields, ...signature(search) })
}

/** A line for each part of the request that is signed, and at the end what is said of the signature. */
function signature(search: string): Record<string, string> {
  const parts = { '@method': method, '@authority': new URL(gatewayUrl).host, '@path': path, '@query': search || '?', ...fields }
  const names = Object.keys(parts).map((name) => `"${name}"`)
  const created = Math.floor(Date.now() / 1000)
  const input = `(${names.join(' ')});created=${created};keyid="${appId}";alg="hmac-sha256";nonce="${randomUUID()}";tag="kaimen"`
  const lines = Object.entries(parts).map(([name, value]) => `"${name}": ${value}`)
  return { 'signature-input': `sig=${input}`, signature: `sig=:${hmac([...lines, `"@signature-params": ${input}`].join('\n'))}:` }
}

/** A token is asked for by scheme hmac-sha256: the signature stands among the parameters. */
async function getToken(): Promise<string> {
  const path = '/openapi/token/generate'
  const parameters = { appId, nonce: randomUUID(), signType: 'hmac-sha256', timestamp: Date.now() }
  const canonical = Object.entries(parameters).map(([name, value]) => `${name}=${value}`)
  const body = JSON.stringify({ ...parameters, sign: hmac(`POST\n${path}\n${canonical.join('&')}`) })
  return JSON.parse(await send('POST', path, { 'content-type': 'application/json' }, body)).data.token
}

async function send(method: string, target: string, headers: Record<string, string>, body: string | null = null): Promise<string> {
  const response = await fetch(gatewayUrl + target, { method, headers, body })
  const answer = await response.text()
  console.log(`{"status":${response.status},"answer":${answer}}`)
  if (!response.ok) process.exit(1)
  return answer
}

function hmac(text: string): string {
  return createHmac('sha256', appSecret).update(text).digest('base64')
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function setting(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`the variable ${name} is missing`)
  return value
}
