// Events in the console: pushed by a form, followed to each app, sent again.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { adminPassword, openHouse } from '../house.ts'
import { until } from '../kaimen-process.ts'
import { assertAccessible, assertFits, noted, openConsole, type Page, phone, picture, visit } from './console.ts'

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
  await page.getByTitle('入场通知 (/push/parked)').waitFor()
  assert.equal(await page.getByTitle(/查询车位/).count(), 0)
  await page.getByTitle('入场通知 (/push/parked)').click()
  await form.getByLabel('Data (JSON)').fill('{"plate": }')
  await form.getByRole('button', { name: 'Push an event' }).click()
  await form.getByText('This is not JSON').waitFor()
  await form.getByLabel('Data (JSON)').fill('{"ticket": 12345678901234567890, "plate": "粤B12345"}')
  await form.getByLabel('Idempotency key').fill('ticket-1')
  await assertAccessible(page)
  await picture(page, 'events-push')
  await noted(page, /Event #\d+ was pushed. Deliveries: 1/, () => form.getByRole('button', { name: 'Push an event' }).click())

  await page.getByRole('link', { name: /#\d+ \/push\/parked/ }).click()
  await page.getByText('12345678901234567890').waitFor()
  const attempts = page.getByRole('region', { name: `Attempts at ${app.appId}` })
  await attempts.getByText('500').first().waitFor()
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

const developer = { username: 'partner', password: 'a long password' }

test('a developer sets up a callback, tries it, pauses it, revives it and sends again what was parked; HQ sees all', {
  skip: noBrowser,
}, async () => {
  let status = 200
  await using house = await openHouse({
    settings: { KAIMEN_ALLOW_PRIVATE_CALLBACKS: 'true' },
    service: (_, response) => response.writeHead(status).end('{"taken":true}'),
  })
  await house.done('POST', '/openapi/user/register', developer, '')
  const session = await house.login(developer.username, developer.password)
  const pushed = await house.publish({ path: '/push/parked', name: '入场通知', method: 'POST', type: 1, serviceId: undefined })
  const foreign = await house.app([pushed.id])
  await house.done('PUT', `/openapi/app/callback/${foreign.id}`, { callbackAddress: house.serviceUrl })
  const own = await house.done('POST', '/openapi/app/add', { name: '车场应用' }, session)
  await house.done('PUT', `/openapi/app/enable/${own.id}`)
  await house.done('PUT', `/openapi/app/config/${own.id}`, { interfaceIds: [pushed.id] })
  const push = (data: unknown) => house.done('POST', '/openapi/event/push', { path: '/push/parked', data })

  await using browser = await openConsole(house)
  const page = await browser.signedIn(developer, `/my/apps/${own.id}?tab=events`, { language: 'en' })
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const inDialog = (name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true })
  /** The first rows by their boxes, without a mouse, up to the button that sends them again. */
  const choose = async (count: number) => {
    const box = page.getByRole('table', { name: 'Deliveries' }).getByRole('checkbox', { name: /^#\d+ \/push\/parked, 车场应用$/ })
    for (let at = 0; at < count; at++) {
      await box.nth(at).focus()
      await page.keyboard.press('Space')
      await button(`Send ${at + 1} again`).waitFor()
    }
    await button(`Send ${count} again`).focus()
  }
  /** From the top: else the header, which stays, covers part of something. */
  const look = async (page: Page, name: string) => {
    await page.evaluate('scrollTo(0, 0)')
    await assertAccessible(page)
    await picture(page, name)
  }
  await page.getByText('No callback address yet').waitFor()
  await page.getByText(`listen -- --app ${own.appId}`).waitFor()
  await page.getByText('webhook-signature').first().waitFor()
  await look(page, 'own-events-empty')
  await button('Set the callback address').click()
  await page.getByRole('dialog').getByLabel('Callback address').fill(house.serviceUrl)
  await inDialog('Save').click()

  await button('Send a test event').click()
  await page.getByText(`A signed POST goes to ${house.serviceUrl}/kaimen/test`).waitFor()
  await inDialog('Send a test event').click()
  await page.getByText(/It arrived: 200 after/).waitFor()
  await button('Choose').click()
  await page.getByRole('dialog').getByLabel('app.disabled').check()
  await inDialog('Save').click()
  await page.locator('.ant-tag', { hasText: 'app.disabled' }).waitFor()
  await picture(page, 'own-events-tested')

  await button('Pause').click()
  await inDialog('Pause').click()
  await page.getByText('Events are paused').waitFor()
  await push({ plate: '粤B12345' })
  await page.getByText(/; 1 wait, and all go out/).waitFor()
  await button('Go on').first().click()
  await inDialog('Go on').click()
  await page.getByText('Events are paused').waitFor({ state: 'hidden' })
  const rows = page.getByRole('table', { name: 'Deliveries' })
  await rows.getByText('Delivered').nth(1).waitFor()

  status = 410
  await push({ plate: '粤B12346' })
  await page.getByText(/the address answered 410/).waitFor()
  await push({ plate: '粤B12347' })
  await visit(page, `/my/apps/${own.id}?tab=events&state=parked`)
  await rows.getByText('Parked').nth(1).waitFor()
  await page.locator('.facts div', { hasText: 'Parked' }).getByText('2', { exact: true }).waitFor()
  await look(page, 'own-events-disabled')
  await choose(2)
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Send 2 deliveries again?' }).getByText('车场应用').waitFor()
  await inDialog('Send again').click()
  const left = page.getByRole('dialog', { name: '2 were not sent again' })
  await left.getByText(/^#\d+ \/push\/parked, 车场应用: the callback address is disabled/).nth(1).waitFor() // biome-ignore format: one thought
  await look(page, 'own-events-left')
  await left.getByRole('button').click()
  status = 200
  await button('Enable again').click()
  await page.getByText('The 2 parked ones stay').waitFor()
  await inDialog('Cancel').click()
  // The same from the list of all that do not take their events.
  await visit(page, '/events/deliveries')
  await page.getByRole('link', { name: 'Failing callback addresses' }).click()
  const failing = page.getByRole('row', { name: /车场应用.*Disabled.*410/ })
  await failing.getByRole('link', { name: '2', exact: true }).waitFor()
  await look(page, 'callbacks')
  await failing.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Enable again' }).click()
  await page.getByText('The 2 parked ones stay').waitFor()
  await noted(page, 'It is enabled again', () => inDialog('Enable again').click())
  await page.getByText('All callback addresses take their events').waitFor()
  await visit(page, `/my/apps/${own.id}?tab=events&state=parked`)
  await button('Send parked ones again').click()
  await page.getByRole('dialog', { name: 'Send 2 deliveries again?' }).waitFor()
  await page.getByRole('dialog').getByText('车场应用').waitFor()
  await look(page, 'own-events-resend')
  await noted(page, '2 are sent again', () => inDialog('Send again').click())
  await visit(page, `/my/apps/${own.id}?tab=events&state=delivered`)
  await rows.getByRole('button', { name: /\/push\/parked/ }).nth(2).waitFor() // biome-ignore format: one thought
  await choose(2)
  await page.keyboard.press('Enter')
  await page.getByText('Some of them were delivered').waitFor()
  await look(page, 'own-events-chosen')
  await inDialog('Send again').click()
  await button('Send 2 again').waitFor({ state: 'hidden' })
  await rows.getByRole('button', { name: /\/push\/parked/ }).nth(2).waitFor() // biome-ignore format: one thought
  await rows.getByRole('button', { name: /\/push\/parked/ }).first().click() // biome-ignore format: one thought
  await page.getByText(`POST ${house.serviceUrl}/push/parked`).waitFor()
  await look(page, 'own-events-delivery')
  await page.setViewportSize(phone)
  await visit(page, `/my/apps/${own.id}?tab=events`)
  await page.getByText('#1 /kaimen/test').waitFor()
  // Cards are chosen as rows are.
  const boxes = page.getByRole('listitem').getByRole('checkbox', { name: /^#\d+ \/(push\/parked|kaimen\/test), 车场应用$/ })
  await boxes.nth(3).focus()
  await page.keyboard.press('Space')
  await button('Send 1 again').waitFor()
  await page.getByRole('checkbox', { name: 'All', exact: true }).check()
  await button('Send 4 again').waitFor()
  await assertFits(page)
  await look(page, 'own-events-phone-chosen')
  await page.getByRole('checkbox', { name: 'All', exact: true }).uncheck()
  await button('Send 4 again').waitFor({ state: 'detached' })
  await assertFits(page)
  await picture(page, 'own-events-phone')
  await visit(page, '/events/deliveries')
  await page.getByText('#1 /kaimen/test').waitFor()
  assert.equal(await page.getByText(foreign.appId).count(), 0)
  await page.context().close()

  const hq = await browser.signedIn(admin, '/events/deliveries', { theme: 'dark' })
  await hq.getByText(foreign.appId).first().waitFor()
  await look(hq, 'deliveries')
  await visit(hq, `/apps/${own.id}?tab=events`)
  await hq.getByText('暂停投递').waitFor()
  await look(hq, 'app-events')
  await hq.setViewportSize(phone)
  await visit(hq, '/events/deliveries')
  await hq.getByText(foreign.appId).first().waitFor()
  await assertFits(hq)
  await picture(hq, 'deliveries-phone')
  assert.deepEqual(browser.faults, [])
})
