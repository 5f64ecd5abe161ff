// Makes one call of an open platform with an encrypted body, whose answer comes back encrypted: gets a token if the interface wants one,
// encrypts, signs, sends, prints each answer as a line of JSON.
// 以加密的请求体调用开放平台的一个接口，应答同样加密返回；需要时先换取 token，每个应答（解密后）打印为一行 JSON。
//
//   GATEWAY_URL=http://127.0.0.1:9000 APP_ID=… APP_SECRET=… API_PATH=/api/v1/car/parking node encrypted.ts
//
// aes-256-gcm, signed by hmac-sha256. Node 22.18 or later, nothing to install.

import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, randomUUID } from 'node:crypto'

type Parameters = Record<string, unknown>

const gatewayUrl = setting('GATEWAY_URL') // @fill gatewayUrl
const appId = setting('APP_ID') // @fill appId
const appSecret = setting('APP_SECRET') // @fill appSecret
const security: string = 'token+sign' // @fill security
const method: string = 'POST' // @fill method
const path = setting('API_PATH') // @fill path
const parameters: Parameters = { plate: '京A·12345', fen: 1250, items: [{ name: '东门 停车', hours: 2.5 }] } // @fill parameters

const encrypt = 'aes-256-gcm'
const key = Buffer.from(hkdfSync('sha256', appSecret, '', `kaimen ${encrypt}`, 32))

const token = security.startsWith('token') ? await getToken() : undefined
await send(method, path, { encrypt, data: seal(JSON.stringify(parameters)), encryptResponse: true }, token)

/** Base64 of 12 random bytes, the encrypted ones, and the 16 of the tag. */
function seal(text: string): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv(encrypt, key, iv)
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

/** Throws when the tag is not right: somebody without the secret wrote it. */
function open(data: string): string {
  const bytes = Buffer.from(data, 'base64')
  const decipher = createDecipheriv(encrypt, key, bytes.subarray(0, 12), { authTagLength: 16 }).setAuthTag(bytes.subarray(-16))
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString()
}

async function getToken(): Promise<string> {
  return JSON.parse(await send('POST', '/openapi/token/generate', {})).data.token
}

async function send(method: string, path: string, parameters: Parameters, token?: string): Promise<string> {
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (token !== undefined) headers.authorization = `Bearer ${token}`
  const response = await fetch(gatewayUrl + path, { method, headers, body: JSON.stringify(signed(method, path, parameters)) })
  const text = await response.text()
  // What is refused before it was decrypted is answered as it is.
  const { encrypt, data } = JSON.parse(text)
  const answer = encrypt === undefined ? text : open(data)
  console.log(`{"status":${response.status},"answer":${answer}}`)
  if (!response.ok) process.exit(1)
  return answer
}

/** Signed as they are sent, encrypted. */
function signed(method: string, path: string, sent: Parameters): Parameters {
  const parameters: Parameters = { ...sent, appId, timestamp: Date.now(), nonce: randomUUID(), signType: 'hmac-sha256' }
  const names = Object.keys(parameters).sort()
  const canonical = names.map((name) => `${name}=${parameters[name]}`).join('&')
  const sign = createHmac('sha256', appSecret).update(`${method}\n${path}\n${canonical}`).digest('base64')
  return { ...parameters, sign }
}

function setting(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`the variable ${name} is missing`)
  return value
}
