// The service of `replay.ts`, in a thread of its own: counts how often each call arrives, by the number in its query.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

export interface ServiceOrder {
  readonly arrived: Uint8Array
}

const { arrived } = workerData as ServiceOrder
// A connection that it closed just when a call comes would be the gateway's reason to send that call again.
const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
  const serial = /[?&]serial=(\d+)/.exec(request.url!)?.[1]
  if (serial !== undefined) Atomics.add(arrived, Number(serial), 1)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 2 }).end('{}')
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
parentPort!.postMessage(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
