// The sample service behind the gateway: a car park that knows its free spaces and takes payments, in memory. It checks no
// signature and no token: a call that arrives here has passed the gateway, and `X-App-Id` says whose it is.

import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export interface CarPark {
  readonly url: string
  close(): Promise<void>
}

/** How long the gate camera thinks about its answer: longer than the demo's gateway waits. */
const cameraMs = 10_000
const spacesTotal = 120

export async function openCarPark(): Promise<CarPark> {
  const park = { free: 37 }
  const closing = new AbortController()
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://car-park')
    if (request.method === 'GET' && pathname === '/spaces') return answer(response, 200, spaces(park, searchParams))
    if (request.method === 'POST' && pathname === '/payments') return pay(park, request, response)
    if (request.method === 'GET' && pathname === '/camera') {
      await pause(cameraMs, undefined, { signal: closing.signal }).catch(() => {})
      return answer(response, 200, { plate: '京A·12345' })
    }
    answer(response, 404, { message: '没有这个路径 no such path' })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      closing.abort()
      server.close()
      server.closeAllConnections()
    },
  }
}

function spaces(park: { free: number }, query: URLSearchParams): object {
  return { carPark: query.get('carPark') ?? '东门停车场', total: spacesTotal, free: park.free }
}

/** Money is a whole number of fen (cents), so that nothing is ever rounded. */
async function pay(park: { free: number }, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { plate, fen } = await readPayment(request)
  if (typeof plate !== 'string' || !Number.isSafeInteger(fen) || Number(fen) <= 0) {
    return answer(response, 422, { message: '金额须为正整数（分） the amount must be a positive whole number of fen' })
  }
  park.free = Math.min(park.free + 1, spacesTotal)
  answer(response, 200, { paymentId: randomUUID(), plate, fen, paidThrough: request.headers['x-app-id'] })
}

async function readPayment(request: IncomingMessage): Promise<{ plate?: unknown; fen?: unknown }> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  try {
    const payment: unknown = JSON.parse(Buffer.concat(chunks).toString())
    return typeof payment === 'object' && payment !== null ? payment : {}
  } catch {
    return {}
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}
