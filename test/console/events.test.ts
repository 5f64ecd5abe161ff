// Events in the console: pushed by a form, followed to each app, sent again.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { adminPassword, openHouse } from '../house.ts'
import { until } from '../kaimen-process.ts'
import { assertAccessible, assertFits, openConsole, phone, picture, visit } from './console.ts'

const admin = { username: 'admin', password: adminPassword }

test('an operator pushes an event as it is written, sees an attempt fail, and sends it again', { skip: noBrowser }, async () => {
  let isWell = false
  await using house = await openHouse({
    settings: { KAIMEN_ALLOW_PRIVATE_CALLBACKS: 'true' },
    service: (_, response) => response.writeHead(isWell ? 200 : 500).end('{"taken":true}'),
  })
  const pushed = await house.publish({ path: '/push/parked', name: '入场通知', method: 'POST', type: 1, serviceId: undefined })
  await house.publish({ path: '/parking', name: '查询车位' })
  const app = await house.app([pushed.id])
  await house.done('PUT', `/openapi/app/callback/${app.id}`, { callbackAddress: house.serviceUrl })

  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/events', { language: 'en' })
  await page.getByText('No events').waitFor()
  await page.getByRole('button', { name: 'Push an event' }).first().click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Downlink interface').click()
  assert.equal(await page.getByRole('option', { name: /查询车位/ }).count(), 0)
  await page.getByTitle('入场通知 (/push/parked)').click()
  await form.getByLabel('Data (JSON)').fill('{"plate": }')
  await form.getByRole('button', { name: 'Push an event' }).click()
  await form.getByText('This is not JSON').waitFor()
  await form.getByLabel('Data (JSON)').fill('{"ticket": 12345678901234567890, "plate": "粤B12345"}')
  await form.getByLabel('Idempotency key').fill('ticket-1')
  await assertAccessible(page)
  await picture(page, 'events-push')
  await form.getByRole('button', { name: 'Push an event' }).click()

  await page.getByText(/Event #\d+ was pushed. Deliveries: 1/).waitFor()
  await page.getByRole('link', { name: /#\d+ \/push\/parked/ }).click()
  await page.getByText('12345678901234567890').waitFor()
  const attempts = page.getByRole('region', { name: `Attempts at ${app.appId}` })
  await attempts.getByText('500').waitFor()
  await page.getByText('Waiting', { exact: true }).waitFor()
  await assertAccessible(page)
  await picture(page, 'event')

  isWell = true
  await page.getByRole('button', { name: 'Send again' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click()
  await page.getByText('Delivered', { exact: true }).waitFor()
  await until(
    async () => house.arrived.length >= 2,
    15_000,
    () => 'it did not arrive again',
  )
  assert.match(house.arrived.at(-1)!.body, /12345678901234567890/)
  assert.equal(house.arrived[0]!.headers['webhook-id'], house.arrived.at(-1)!.headers['webhook-id'])
  assert.deepEqual(browser.faults, [])
})

test('events fit both languages, themes and sizes; a developer sees deliveries to own apps only', { skip: noBrowser }, async () => {
  await using house = await openHouse({ settings: { KAIMEN_ALLOW_PRIVATE_CALLBACKS: 'true' } })
  await house.done('POST', '/openapi/user/register', { username: 'partner', password: 'a long password' }, '')
  const token = await house.login('partner', 'a long password')
  const pushed = await house.publish({ path: '/push/parked', name: '入场通知', method: 'POST', type: 1, serviceId: undefined })
  const app = await house.app([pushed.id])
  const theirs = await house.done('POST', '/openapi/app/add', { name: '车场应用' }, token)
  await house.done('PUT', `/openapi/app/enable/${theirs.id}`)
  await house.done('PUT', `/openapi/app/config/${theirs.id}`, { interfaceIds: [pushed.id] })
  for (const { id } of [app, theirs]) await house.done('PUT', `/openapi/app/callback/${id}`, { callbackAddress: house.serviceUrl })
  await house.settled()
  const { eventId } = await house.done('POST', '/openapi/event/push', { path: '/push/parked', data: { plate: '粤B12345' } })

  await using browser = await openConsole(house)
  for (const [person, language, theme] of [
    [admin, 'zh-CN', 'dark'],
    [{ username: 'partner', password: 'a long password' }, 'en', 'light'],
  ] as const) {
    const isHq = person === admin
    const page = await browser.signedIn(person, '/events', { language, theme })
    await page.getByRole('link', { name: /\/push\/parked/ }).waitFor()
    assert.equal(await page.getByRole('button', { name: isHq ? '推送事件' : 'Push an event' }).count(), isHq ? 1 : 0)
    await assertAccessible(page)
    await picture(page, `events-${language}-${theme}`)
    await visit(page, `/events/${eventId}`)
    await page.getByText(theirs.appId).first().waitFor()
    assert.equal((await page.getByText(app.appId).count()) > 0, isHq)
    await page.setViewportSize(phone)
    await assertFits(page)
    await assertAccessible(page)
    await picture(page, `event-${language}-${theme}-phone`)
    await page.context().close()
  }
  assert.deepEqual(browser.faults, [])
})
