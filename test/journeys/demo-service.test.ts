// The demo service: there for who asks, and nobody else.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { freePort } from '../free-port.ts'
import { openHouse } from '../house.ts'

const isOpen = (port: number) =>
  fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  )

test('it is started and registered by who adds it, answers what reached it', async () => {
  const port = await freePort()
  await using house = await openHouse({ settings: { KAIMEN_DEMO_PORT: String(port) } })
  assert.equal(await isOpen(port), false, 'nobody asked for it yet')
  const service = await house.done('POST', '/openapi/service/demo')
  assert.deepEqual(service.targets, [{ url: `http://127.0.0.1:${port}`, weight: 1 }])
  assert.equal((await house.done('POST', '/openapi/service/demo')).id, service.id, 'asked twice, there is one')

  await house.publish({ path: '/demo/echo', security: 'none', serviceId: service.id })
  const { json } = await house.call({ method: 'GET', path: '/demo/echo?a=1', headers: { 'x-app-id': 'forged', cookie: 'secret=1' } })
  assert.deepEqual({ method: json.method, path: json.path, query: json.query, body: json.body }, { method: 'GET', path: '/demo/echo', query: { a: '1' }, body: '' }) // biome-ignore format: one row
  assert.equal(json.fields['x-app-id'], undefined)
  assert.match(json.fields['x-request-id'], /^[\da-f-]{36}$/)
  assert.ok(!JSON.stringify(json).includes('secret=1'))
})

test('who may not create services cannot open it, and a port of somebody else is told', async () => {
  const port = await freePort()
  await using house = await openHouse({ settings: { KAIMEN_DEMO_PORT: String(port) } })
  await house.done('POST', '/openapi/user/register', { username: 'li.lei', password: 'long enough words' }, '')
  const developer = await house.login('li.lei', 'long enough words')
  assert.equal((await house.manage('POST', '/openapi/service/demo', undefined, developer)).fault, 'forbidden')
  assert.equal(await isOpen(port), false)

  const other = createServer((_, response) => response.end()).listen(port, '127.0.0.1')
  const refused = await house.manage('POST', '/openapi/service/demo', undefined, house.admin)
  other.close()
  assert.equal(refused.fault, 'invalid_parameters')
  assert.match(refused.text, new RegExp(`${port}.*KAIMEN_DEMO_PORT`))
  await house.done('POST', '/openapi/service/demo')
})
