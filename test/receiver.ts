// A partner's end of events: a server that remembers what came, and answers as it is told. Its port is never another's: what is tried again
// after its end comes to nobody.

import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { freePort } from './free-port.ts'

export interface Received {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly at: number
}

export type Receiver = Awaited<ReturnType<typeof openReceiver>>

type Reply = (response: ServerResponse, received: Received, request: IncomingMessage) => void

export async function openReceiver(reply: Reply = (response) => response.end('ok')) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    // Whoever goes away before has sent nothing.
    request.on('error', () => {})
    request.on('end', () => {
      const one = { url: request.url!, headers: request.headers, body: Buffer.concat(chunks).toString(), at: Date.now() }
      received.push(one)
      reply(response, one, request)
    })
  }).listen(await freePort(), '127.0.0.1')
  await once(server, 'listening')
  return {
    received,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose](): Promise<void> {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Throws when the signature does not hold under this secret, as a partner's library judges it. */
export function verifyEvent({ headers, body }: Received, appSecret: string): void {
  new Webhook(`whsec_${Buffer.from(appSecret).toString('base64')}`).verify(body, headers as Record<string, string>)
}
