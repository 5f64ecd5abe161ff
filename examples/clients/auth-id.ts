// Makes one call of an open platform by scheme auth-id, for partners whose code has it: gets a token if the interface wants one, signs,
// sends, prints each answer as a line of JSON.
// 以 auth-id 方案（authId、requestTime 与请求头 token）调用开放平台的一个接口；每个应答打印为一行 JSON。
//
//   GATEWAY_URL=http://127.0.0.1:9000 APP_ID=… APP_SECRET=… API_PATH=/site/car/parking/v1/ node auth-id.ts
//
// PLATFORM_KEY is the platform's publicKey, which its operator tells. Node 22.18 or later, nothing to install.

import { createHash, createHmac, randomUUID } from 'node:crypto'

const gatewayUrl = setting('GATEWAY_URL') // @fill gatewayUrl
const appId = setting('APP_ID') // @fill appId
const appSecret = setting('APP_SECRET') // @fill appSecret
const platformKey = process.env.PLATFORM_KEY ?? '58Ajk2015HoppingYear'
const security: string = 'token+sign' // @fill security
const method: string = 'POST' // @fill method
const path = setting('API_PATH') // @fill path
const parameters: Record<string, unknown> = { plate: '京A·12345', fen: 1250, items: [{ name: '东门 停车', hours: 2.5 }] } // @fill parameters

const requestTime = String(Date.now())
// The values of the parameters, in the order of their names, without anything between them.
const names = Object.keys(parameters).sort()
const values = names.map((name) => textOf(parameters[name])).join('')
const token = createHash('md5')
  .update(platformKey + appSecret + requestTime + values)
  .digest('hex')

const headers: Record<string, string> = { token }
if (security.startsWith('token')) headers.authorization = `Bearer ${await getToken()}`
const query = new URLSearchParams({ authId: appId, requestTime })
// Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT.
if (method === 'POST' || method === 'PUT') {
  headers['content-type'] = 'application/json'
  await send(method, `${path}?${query}`, headers, JSON.stringify(parameters))
} else {
  for (const name of names) query.append(name, textOf(parameters[name]))
  await send(method, `${path}?${query}`, headers)
}

/** A token is asked for by scheme hmac-sha256. */
async function getToken(): Promise<string> {
  const path = '/openapi/token/generate'
  const parameters = { appId, nonce: randomUUID(), signType: 'hmac-sha256', timestamp: Date.now() }
  const canonical = Object.entries(parameters).map(([name, value]) => `${name}=${value}`)
  const sign = createHmac('sha256', appSecret)
    .update(`POST\n${path}\n${canonical.join('&')}`)
    .digest('base64')
  const body = JSON.stringify({ ...parameters, sign })
  return JSON.parse(await send('POST', path, { 'content-type': 'application/json' }, body)).data.token
}

async function send(method: string, target: string, headers: Record<string, string>, body: string | null = null): Promise<string> {
  const response = await fetch(gatewayUrl + target, { method, headers, body })
  const answer = await response.text()
  console.log(`{"status":${response.status},"answer":${answer}}`)
  if (!response.ok) process.exit(1)
  return answer
}

/** A text stays as it is; a number, a list or an object is its JSON, written just as the body has it. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function setting(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`the variable ${name} is missing`)
  return value
}
