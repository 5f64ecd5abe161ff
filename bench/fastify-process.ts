// Fastify with @fastify/http-proxy, which does nothing but proxying. Argument: the URL that it leads to.
// Its pool to the upstream is as large as ours, and kept as long.

import proxy from '@fastify/http-proxy'
import Fastify from 'fastify'
import { tellReady } from './child.ts'

const upstream = process.argv[2]!
const server = Fastify({ logger: false, forceCloseConnections: true })
server.register(proxy, { upstream, undici: { connections: 256, pipelining: 1, keepAliveTimeout: 30_000 } })
const url = await server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 })

tellReady({ url }, () => server.close())
