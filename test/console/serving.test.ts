// How the console comes to a browser: what may be kept, what may be loaded, and which addresses are pages.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstLoadMax, measure, tableOf } from '../../console/budget.ts'
import { openHouse, send } from '../house.ts'

const html = { accept: 'text/html,application/xhtml+xml' }

test('a page comes with a policy of its own, and may load nothing from elsewhere', async () => {
  await using house = await openHouse()
  const get = (path: string, headers = {}) => send(house.platformUrl, { method: 'GET', path, headers: { ...html, ...headers } })
  const [one, other] = [await get('/'), await get('/users?current=2')]
  assert.equal(one.status, 200)
  assert.equal(one.headers.get('cache-control'), 'no-store')
  const policy = one.headers.get('content-security-policy')!
  const nonce = /style-src 'self' 'nonce-([^']+)'/.exec(policy)![1]!
  assert.equal(
    policy.replace(nonce, '…'),
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-…'; img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  )
  assert.ok(one.text.includes(`nonce="${nonce}"`) && !one.text.includes('CSP-NONCE'))
  assert.ok(!other.headers.get('content-security-policy')!.includes(nonce), 'another answer has another nonce')
  assert.doesNotMatch(one.text, /<script(?![^>]* src="\/assets\/)|\son\w+=|https?:\/\//)
})

test('assets are kept for a year and come compressed; what is not there is not a page', async () => {
  await using house = await openHouse()
  const get = (path: string, headers = {}) => send(house.platformUrl, { method: 'GET', path, headers })
  const page = await get('/', html)
  const [, script] = /src="(\/assets\/[^"]+\.js)"/.exec(page.text)!
  const plain = await get(script!)
  assert.equal(plain.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  assert.equal(plain.headers.get('x-content-type-options'), 'nosniff')
  for (const encoding of ['br', 'gzip']) {
    const packed = await get(script!, { 'accept-encoding': encoding })
    assert.equal(packed.headers.get('content-encoding'), encoding)
    assert.match(packed.headers.get('content-type')!, /javascript/)
    assert.ok(Number(packed.headers.get('content-length')) < Number(plain.headers.get('content-length')) / 2)
  }
  for (const path of ['/assets/none.js', '/assets/../index.html', '/assets/%2e%2e/manifest.json', '/assets/..%2f..%2fpackage.json']) {
    const answer = await get(path, html)
    assert.ok([400, 403, 404].includes(answer.status), `${path}: ${answer.status}`)
    assert.doesNotMatch(answer.text, /<div id="root">|"isEntry"|"devDependencies"/)
  }
})

test('an address that nobody knows is a page to a person, and a refusal to a program', async () => {
  await using house = await openHouse()
  const rows: [method: string, path: string, headers: Record<string, string>, status: number][] = [
    ['GET', '/apps/7', html, 200],
    ['GET', '/docs/car-parking', html, 200],
    ['GET', '/apps/7', { accept: 'application/json' }, 404],
    ['POST', '/apps/7', html, 404],
    ['GET', '/openapi/nothing/page', html, 404],
    ['GET', '/oauth/nothing', html, 404],
    ['GET', '/api/nothing', html, 404],
    ['GET', '/.well-known/nothing', html, 404],
  ]
  for (const [method, path, headers, status] of rows) {
    const answer = await send(house.platformUrl, { method, path, headers })
    assert.equal(answer.status, status, `${method} ${path} ${headers.accept}`)
    assert.equal(answer.text.includes('<div id="root">'), status === 200)
  }
})

test('the overview loads no more than its budget before its charts', (t) => {
  const loads = measure()
  t.diagnostic(`\n${tableOf(loads)}`)
  assert.ok(loads[0]!.bytes <= firstLoadMax, tableOf(loads))
})
