// The upstream where there is no nginx: the same answer to everything.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tellReady } from './child.ts'
import { upstreamAnswer } from './upstream.ts'

const fields = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(upstreamAnswer) }
const server = createServer({ keepAliveTimeout: 0 }, (_, response) => response.writeHead(200, fields).end(upstreamAnswer))
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 })
await once(server, 'listening')

tellReady({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, async () => {
  server.close()
  server.closeAllConnections()
})
