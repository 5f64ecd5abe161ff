// Takes webhooks of an open platform: believes them only when their signature is right (Standard Webhooks), answers 204, prints each.
// 接收开放平台推送的事件：签名正确才相信（Standard Webhooks），应答 204，并打印。
//
//   APP_SECRET=… PORT=8080 node receive.ts
//
// Node 22.18 or later, nothing to install.

import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'

const appSecret = process.env.APP_SECRET ?? '' // @fill appSecret
const port = Number(process.env.PORT ?? 8080) // @fill port

const toleranceSeconds = 300
const bytesMax = 1024 * 1024

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > bytesMax) return response.writeHead(413, { connection: 'close' }).end()
    chunks.push(chunk)
  }
  const body = Buffer.concat(chunks)
  const [id, timestamp, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => String(request.headers[name]))
  if (!isGenuine(id!, timestamp!, signature!, body)) return response.writeHead(401).end()
  // An event may come twice: keep its id, and do nothing the second time. Answer soon, and work on it afterwards.
  console.log(`${request.url} ${id} ${body}`)
  response.writeHead(204).end()
})
server.listen(port)

/** The signature is over the bytes as they came: check before you parse. */
function isGenuine(id: string, timestamp: string, signature: string, body: Buffer): boolean {
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= toleranceSeconds)) return false
  const expected = createHmac('sha256', appSecret).update(`${id}.${timestamp}.`).update(body).digest()
  // Several stand here while the secret is being changed.
  return signature.split(' ').some((one) => {
    const given = Buffer.from(one.startsWith('v1,') ? one.slice(3) : '', 'base64')
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
}
