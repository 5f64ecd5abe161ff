// The main job, whole: an operator publishes an interface, a partner gets an app, signs a call, and it arrives.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse, signed } from '../house.ts'
import { until } from '../kaimen-process.ts'

test('a partner registers, gets an app and a grant, signs a GET and a POST, and both arrive without the signature', async () => {
  await using house = await openHouse()

  const parking = await house.publish({ path: '/api/v1/car/parking', method: 'GET' })
  const payment = await house.publish({ path: '/api/v1/car/{plate}/payment', method: 'POST', upstreamPath: '/pay/{plate}' })

  await house.done('POST', '/openapi/user/register', { username: 'partner', password: 'a long password', phoneNumber: '13800000000' }, '')
  const partner = await house.login('partner', 'a long password')
  const app = await house.done('POST', '/openapi/app/add', { name: '车场应用' }, partner)
  assert.equal(app.status, 1)
  assert.match(app.appSecret, /^[0-9A-Z]{32}$/)
  await house.done('PUT', `/openapi/app/enable/${app.id}`)
  await house.done('PUT', `/openapi/app/config/${app.id}`, { interfaceIds: [parking.id, payment.id] })
  await house.settled()

  const token = await house.token(app)
  const got = await house.call(signed(app, 'GET', '/api/v1/car/parking', { token, fields: { park: '东门', size: 2 } }))
  assert.equal(got.status, 200, got.text)
  assert.equal(got.json.url, `/api/v1/car/parking?park=${encodeURIComponent('东门')}&size=2`)

  const path = `/api/v1/car/${encodeURIComponent('京A·12345')}/payment`
  const paid = await house.call(
    signed(app, 'POST', path, { token, scheme: 'hmac-sha256', fields: { cents: 1250, note: '', items: [{ hours: 2.5 }] } }),
  )
  assert.equal(paid.status, 200, paid.text)
  assert.equal(paid.json.url, `/pay/${encodeURIComponent('京A·12345')}`)
  assert.deepEqual(JSON.parse(paid.json.body), { cents: 1250, note: '', items: [{ hours: 2.5 }] })

  const { headers } = house.arrived.at(-1)!
  assert.equal(headers['x-app-id'], app.appId)
  assert.equal(headers.authorization, undefined)
  assert.equal(headers['x-request-id'], paid.headers.get('x-request-id'))

  // A gateway that is slow to answer is not waited for.
  const counted = async () => (await house.done('GET', `/openapi/stats/current?appId=${app.appId}`)).year
  await until(async () => (await counted()) === 2, 60_000, () => 'they are not counted') // biome-ignore format: one thought
})
