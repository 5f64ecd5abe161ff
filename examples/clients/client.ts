// Makes one call of an open platform: gets a token if the interface wants one, signs, sends, prints each answer as a line of JSON.
// 调用开放平台的一个接口：需要时先换取 token，签名并发送，每个应答打印为一行 JSON。
//
//   GATEWAY_URL=http://127.0.0.1:9000 APP_ID=… APP_SECRET=… API_PATH=/api/v1/car/parking node client.ts
//
//   … SCHEME=rsa2 PRIVATE_KEY_FILE=private.pem …   instead of APP_SECRET; or SCHEME=sm2
//
// Schemes hmac-sha256 (default), rsa2, sm2 and, by SCHEME=openapi, the AES form of older clients. Node 22.18 or later, nothing to install.

import { createCipheriv, createHash, createHmac, createPublicKey, createSign, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'

type Parameters = Record<string, unknown>

const gatewayUrl = setting('GATEWAY_URL') // @fill gatewayUrl
const appId = setting('APP_ID') // @fill appId
const scheme: string = process.env.SCHEME ?? 'hmac-sha256' // @fill scheme
const appSecret = ['rsa2', 'sm2'].includes(scheme) ? '' : setting('APP_SECRET') // @fill appSecret
const security: string = 'token+sign' // @fill security
const method: string = 'POST' // @fill method
const path = setting('API_PATH') // @fill path
const parameters: Parameters = { plate: '京A·12345', fen: 1250, items: [{ name: '东门 停车', hours: 2.5 }] } // @fill parameters

const token = security.startsWith('token') ? await getToken() : undefined
await send(method, path, security.endsWith('sign') ? signed(method, path, parameters) : parameters, token)

async function getToken(): Promise<string> {
  const path = '/openapi/token/generate'
  return JSON.parse(await send('POST', path, signed('POST', path, {}))).data.token
}

/** Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT. */
async function send(method: string, path: string, parameters: Parameters, token?: string): Promise<string> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  let url = gatewayUrl + path
  let body: string | null = null
  if (method === 'POST' || method === 'PUT') {
    headers['content-type'] = 'application/json'
    body = JSON.stringify(parameters)
  } else {
    const query = Object.entries(parameters).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(textOf(value))}`)
    url += `?${query.join('&')}`
  }
  const response = await fetch(url, { method, headers, body })
  const answer = await response.text()
  console.log(`{"status":${response.status},"answer":${answer}}`)
  if (!response.ok) process.exit(1)
  return answer
}

/** The parameters of the business with those of the signature. */
function signed(method: string, path: string, business: Parameters): Parameters {
  let parameters: Parameters = { ...business, appId, timestamp: Date.now(), nonce: randomUUID() }
  if (scheme !== 'openapi') parameters.signType = scheme
  // Without a signType the platform takes the AES form, which does not sign empty values: what is empty is not sent.
  else parameters = Object.fromEntries(Object.entries(parameters).filter(([, value]) => textOf(value) !== ''))
  // name=value of every parameter, in the order of the names; values as they are, not as a URL writes them.
  const names = Object.keys(parameters).sort()
  const canonical = names.map((name) => `${name}=${textOf(parameters[name])}`).join('&')
  return { ...parameters, sign: sign(scheme === 'openapi' ? canonical : `${method}\n${path}\n${canonical}`) }
}

function sign(stringToSign: string): string {
  switch (scheme) {
    case 'rsa2':
      return createSign('sha256')
        .update(stringToSign)
        .sign(readFileSync(setting('PRIVATE_KEY_FILE')), 'base64')
    case 'sm2': {
      const key = readFileSync(setting('PRIVATE_KEY_FILE'))
      return createSign('sm3').update(signerOf(key)).update(stringToSign).sign(key, 'base64')
    }
    case 'openapi': {
      const aes = createCipheriv('aes-256-ecb', appSecret, null)
      return aes.update(stringToSign, 'utf8', 'base64') + aes.final('base64')
    }
    default:
      return createHmac('sha256', appSecret).update(stringToSign).digest('base64')
  }
}

/** What SM2 signs begins with a digest of who signs: the id 1234567812345678 and its length, the curve, the public key. */
function signerOf(key: Buffer): Buffer {
  const curve =
    'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93' +
    '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0'
  const point = createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-64)
  return createHash('sm3').update(Buffer.from('0080', 'hex')).update('1234567812345678').update(curve, 'hex').update(point).digest()
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
