// Logs a member in (source 001), calls an interface as that member, refreshes the tokens; prints each answer as a line of JSON.
// 会员登录换取 token，以会员身份调用一个接口，再刷新 token；每个应答打印为一行 JSON。
//
//   GATEWAY_URL=http://127.0.0.1:9000 APP_ID=… APP_SECRET=… MEMBER=… PASSWORD=… API_PATH=/api/v1/member/info node member.ts
//
// Node 22.18 or later, nothing to install.

import { createHash, randomUUID } from 'node:crypto'

const gatewayUrl = setting('GATEWAY_URL') // @fill gatewayUrl
const appId = setting('APP_ID') // @fill appId
const appSecret = setting('APP_SECRET') // @fill appSecret
const method: string = 'GET' // @fill method
const path = setting('API_PATH') // @fill path
const parameters: Record<string, unknown> = {} // @fill parameters

const login: Record<string, unknown> = {
  username: setting('MEMBER'),
  password: setting('PASSWORD'),
  nonce: randomUUID(),
  timestamp: Math.floor(Date.now() / 1000),
  appid: appId,
  appsecret: appSecret,
}
const tokens = await ask('POST', '/api/v1/token', { ...login, sign: sign(login) })
const { uid } = tokens.client
const authentication = `${uid} ${Buffer.from(`${appId}:${tokens.access_token}:${uid}`).toString('base64')}`
await ask(method, path, parameters, { authentication })
await ask('POST', '/api/v1/token/refresh', { refresh_token: tokens.refresh_token })

/** name=value of every field, in the order of the names, the secret last; values as they are, not as a URL writes them. */
function sign(fields: Record<string, unknown>): string {
  const names = Object.keys(fields).sort()
  const pairs = names.map((name) => `${name}=${fields[name]}`)
  return createHash('md5')
    .update([...pairs, `key=${appSecret}`].join('&'))
    .digest('hex')
}

/** Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT. */
async function ask(method: string, path: string, parameters: Record<string, unknown>, headers: Record<string, string> = {}) {
  const hasBody = method === 'POST' || method === 'PUT'
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) query.set(name, typeof value === 'string' ? value : JSON.stringify(value))
  const response = await fetch(`${gatewayUrl}${path}${hasBody ? '' : `?${query}`}`, {
    method,
    headers: hasBody ? { ...headers, 'content-type': 'application/json' } : headers,
    body: hasBody ? JSON.stringify(parameters) : null,
  })
  const answer = await response.text()
  console.log(`{"status":${response.status},"answer":${answer}}`)
  if (!response.ok) process.exit(1)
  return JSON.parse(answer).data
}

function setting(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`the variable ${name} is missing`)
  return value
}
