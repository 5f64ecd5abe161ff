// docs/routes.md has every path that is served, and nothing else.

import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { isOwnPathOfGateway } from '#core/operation/operation.ts'
import { everyPath } from '#edge/routes.ts'
import { openHouse } from '../house.ts'

test('every path that the platform serves is a row of the routes, and every row is served', async () => {
  // The console's, which is there once it is built; this test needs no build.
  const served = new Set<string>(['GET /assets/*'])
  const note = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', ({ method, url }) => {
      const path = url.replace(/:(\w+)(?:\([^)]*\))?/g, '{$1}').replace(/(style|dark|passkey)-[0-9a-f]+/, '$1-{digest}')
      for (const one of [method].flat()) if (one !== 'HEAD' && one !== 'OPTIONS') served.add(`${one} ${path}`)
    })
  }
  subscribe('fastify.initialization', note)
  await using _house = await openHouse()
  unsubscribe('fastify.initialization', note)
  const told = everyPath().flatMap(({ listener, method, path }) => (listener === 'platform' ? `${method} ${path}` : []))
  assert.deepEqual([...served].sort(), told.sort())
})

test('every path that is told of the gateway is its own', () => {
  const told = everyPath().filter(({ listener, path }) => listener === 'gateway' && path.startsWith('/'))
  for (const { path } of told) assert.ok(isOwnPathOfGateway(path.replace('{version}', 'v1')), path)
})
