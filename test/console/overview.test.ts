// The overview in the console, over calls that were really made.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { adminPassword, openHouse, signed, zoneOfNoon } from '../house.ts'
import { until } from '../kaimen-process.ts'
import { assertAccessible, openConsole } from './console.ts'
import { counted } from './counted.ts'

const admin = { username: 'admin', password: adminPassword }

test('calls show within seconds, with their ends, the interface, the app and what was refused', { skip: noBrowser }, async () => {
  await using house = await openHouse({
    settings: { KAIMEN_TIME_ZONE: zoneOfNoon() },
    service: (request, response) => response.writeHead(request.url?.startsWith('/broken') ? 500 : 200).end('{}'),
  })
  const parking = await house.publish({ path: '/parking', name: '查询车位', security: 'sign' })
  const broken = await house.publish({ path: '/broken', name: '缴费', security: 'sign' })
  const app = await house.app([parking.id, broken.id])
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/', { language: 'en' })
  await page.getByText('No calls in this range').first().waitFor()
  for (let at = 0; at < 7; at++) await house.call(signed(app, 'GET', '/parking'))
  await house.call(signed(app, 'GET', '/broken'))
  await house.call(signed(app, 'GET', '/parking', { secret: 'x'.repeat(32) }))

  const now = page.getByRole('region', { name: 'Calls now' })
  await now.locator('dd').nth(3).getByText('9', { exact: true }).waitFor()
  await page.getByText('All callback addresses take their events').waitFor()
  await house.query(`update app set callback_address = 'https://partner.example' where id = ${app.id}`)
  await house.query(
    `insert into callback (app_id, failures, failing_since, blocked_until, paced_until) values (${app.id}, 6, now(), now() + interval '1 hour', now())`,
  )
  await page.reload()
  // In the words of the pages of events.
  await page.getByRole('row', { name: /^app-1 Held back 6 / }).waitFor()
  for (const row of ['查询车位 8 1 0', '缴费 1 0 1', 'app-1 8 0 1', '1 up 8 12.5%']) await page.getByRole('row', { name: row }).waitFor()
  const refused = page.getByRole('row', { name: /^signature_invalid The signature does not match/ })
  await refused.getByRole('cell', { name: '100%' }).waitFor()
  assert.equal(await refused.getByRole('link', { name: 'signature_invalid' }).getAttribute('href'), '/docs/errors#signature_invalid')
  await page.getByText('Serving').waitFor()
  await page.getByText('No limit was hit in this range.').waitFor()

  // The quota of the day is used up: limits that were hit are told of a range, by whom and where.
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { dayQuota: 2 })
  await house.settled()
  for (let at = 0; at < 6; at++) await house.call(signed(app, 'GET', '/parking'))
  const limits = page.getByRole('region', { name: 'Limits hit, by app' })
  // Two answers that come one after the other, and a while after the calls.
  const inAll = page.getByRole('region', { name: 'Calls in this range' })
  const isTold = async () => {
    const hits = (await limits.locator('td').nth(1).textContent())!.trim()
    return Number(hits) > 0 && Number(hits) <= 6 && (await inAll.getByText(hits, { exact: true }).count()) === 1
  }
  await until(isTold, 30_000, () => 'what was refused by a limit is not told')
  await page.getByRole('combobox', { name: 'Range' }).click()
  await page.getByTitle('Today', { exact: true }).click()
  await page.waitForURL(/range=today/)
  await limits.getByRole('link', { name: 'app-1' }).waitFor()
  await page.getByRole('row', { name: /^quota_exceeded Limit/ }).waitFor()
  await refused.getByRole('link', { name: '1', exact: true }).click()
  await page.waitForURL(/\/calls\?range=today&error=signature_invalid$/)
  await page.getByText('1 in total').waitFor()
  await page.goBack()

  // What was seen second by second is there again when one comes back.
  const live = page.locator('section', { has: page.getByRole('heading', { name: /^Calls a second/ }) })
  await live.getByRole('button', { name: 'Show as table' }).click()
  const answered = live.locator('tbody tr').filter({ hasNot: page.locator('td:nth-child(2):text-is("–")') })
  await house.call(signed(app, 'GET', '/parking'))
  await answered.nth(1).waitFor()
  const [first] = await answered.allTextContents()
  await limits.getByRole('link', { name: 'app-1' }).click()
  await page.getByRole('heading', { level: 1, name: 'Statistics' }).waitFor()
  await page.getByRole('search').getByText('app-1').waitFor()
  await page.getByRole('link', { name: 'Overview' }).first().click()
  await live.getByRole('button', { name: 'Show as table' }).click()
  await answered.filter({ hasText: first!.slice(0, 8) }).waitFor()
  assert.deepEqual(browser.faults, [])
})

test('charts are read as tables too', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  await house.publish({ path: '/parking', name: '查询车位', security: 'none' })
  for (let at = 0; at < 20; at++) await house.call({ method: 'GET', path: at % 5 === 0 ? '/parking?x=%' : '/parking', headers: {} })
  await counted(house, 20)
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/', { language: 'en', theme: 'dark' })
  await page.getByRole('row', { name: /查询车位/ }).waitFor()
  await page.locator('canvas').nth(3).waitFor()
  await assertAccessible(page)
  const calls = page.locator('section', { has: page.getByRole('heading', { name: 'Calls', exact: true }) })
  await calls.getByRole('button', { name: 'Show as table' }).click()
  await calls.getByRole('button', { name: 'Show as chart' }).waitFor()
  assert.equal(await calls.locator('canvas').count(), 0)
  await calls.getByRole('table', { name: 'Calls', exact: true }).waitFor()
  await assertAccessible(page)
  assert.deepEqual(browser.faults, [])
})
