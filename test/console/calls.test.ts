// The call log and statistics in the console, over calls that were really made.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { adminPassword, openHouse, signed } from '../house.ts'
import { until } from '../kaimen-process.ts'
import { assertAccessible, openConsole, picture, visit } from './console.ts'
import { counted } from './counted.ts'

const admin = { username: 'admin', password: adminPassword }
const partner = { username: 'partner', password: 'a long password' }

test('a refused call is found by its error and leads to why; a developer sees own calls only', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  await house.done('POST', '/openapi/user/register', partner, '')
  const parking = await house.publish({ path: '/parking', name: '查询车位', security: 'sign' })
  const app = await house.app([parking.id])
  const theirs = await house.done('POST', '/openapi/app/add', { name: '车场应用' }, await house.login('partner', partner.password))
  await house.settled()
  for (let at = 0; at < 3; at++) await house.call(signed(app, 'GET', '/parking'))
  await house.call(signed(app, 'GET', '/parking', { secret: 'x'.repeat(32) }))
  await house.call(signed(theirs, 'GET', '/parking'))

  const ever = '/openapi/stats/calls?from=2020-01-01+00%3A00%3A00&to=2099-01-01+00%3A00%3A00'
  const isKept = async () => (await house.done('GET', ever)).total === 5
  await until(isKept, 15_000, () => 'they are not kept')

  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/calls', { language: 'en' })
  await page.getByRole('row', { name: /200/ }).nth(2).waitFor()
  assert.equal(await page.getByRole('row', { name: /GET \/parking/ }).count(), 5)
  await assertAccessible(page)
  await picture(page, 'calls-en')

  // By name, which the address keeps as ids.
  await page.getByRole('combobox', { name: 'App', exact: true }).fill('车场')
  await page.getByTitle(/车场应用/).click()
  await page.getByText('1 in total').waitFor()
  await page.getByRole('combobox', { name: 'Interface', exact: true }).click()
  await page.getByTitle(/查询车位/).click()
  await page.waitForURL((url) => url.search === `?appId=${theirs.id}&interfaceId=${parking.id}`)
  await page.reload()
  await page.getByRole('search').getByText('查询车位').waitFor()
  const theirRow = page.getByRole('row', { name: /车场应用/ })
  await theirRow.getByRole('link', { name: '查询车位' }).waitFor()
  assert.equal(await theirRow.getByRole('link', { name: '车场应用' }).getAttribute('href'), `/apps/${theirs.id}`)
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.getByText('5 in total').waitFor()

  // Half a status is not asked for.
  await page.getByRole('textbox', { name: 'Status' }).fill('40')
  await page.getByRole('textbox', { name: 'Error' }).fill('signature_invalid')
  const refused = page.getByRole('row', { name: /401 signature_invalid/ })
  await page.getByText('1 in total').waitFor()
  await refused.getByText(app.appId).waitFor()
  await refused.getByRole('link').first().click()
  await page.waitForURL(/explain\?requestId=/)
  await page.getByText('The call was refused').waitFor()

  await visit(page, '/calls?range=own&from=2020-01-01+00%3A00%3A00&to=2020-01-02+00%3A00%3A00')
  await page.getByText('No calls in this range').waitFor()
  await page.getByLabel('To', { exact: true }).fill('2099-01-01T00:00:00')
  await page.getByText('5 in total').waitFor()
  await page.waitForURL((url) => url.searchParams.get('to') === '2099-01-01 00:00:00')
  await page.context().close()

  const own = await browser.signedIn(partner, '/calls', { language: 'en' })
  await own.getByText('1 in total').waitFor()
  await own.getByRole('row', { name: new RegExp(theirs.appId) }).waitFor()
  // What a developer's app was refused for, in sum, leads to the calls of that name and no others.
  await visit(own, `/my/apps/${theirs.id}?tab=calls`)
  const why = own.getByRole('region', { name: 'Why calls were refused or failed' })
  const disabled = why.getByRole('row', { name: /^app_disabled The app is/ })
  await disabled.waitFor()
  assert.equal(await why.locator('tbody tr').count(), 1)
  await assertAccessible(own)
  await picture(own, 'own-calls-en')
  await disabled.getByRole('link', { name: '1', exact: true }).click()
  await own.waitForURL(`**/calls?range=day&appId=${theirs.id}&error=app_disabled`)
  await own.getByText('1 in total').waitFor()
  assert.deepEqual(browser.faults, [])
})

test('statistics are grouped, lines are taken away, and saved as CSV', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  const parking = await house.publish({ path: '/parking', name: '查询车位', security: 'none' })
  for (let at = 0; at < 12; at++) await house.call({ method: 'GET', path: '/parking', headers: {} })
  for (let at = 0; at < 3; at++) await house.call({ method: 'GET', path: '/parkings', headers: {} })
  await counted(house, 12)
  const isKept = async () => (await house.done('GET', '/openapi/stats/errors')).total === 3
  await until(isKept, 15_000, () => 'their faults are not counted')
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/statistics?range=hour', { language: 'en' })
  await page.locator('canvas').first().waitFor()
  await page.getByRole('columnheader', { name: '查询车位' }).waitFor()
  await page.getByRole('combobox', { name: 'Grouped' }).click()
  await page.getByTitle('By outcome').click()
  await page.getByRole('columnheader', { name: 'Answered' }).waitFor()
  await page.locator('canvas').nth(1).waitFor()
  await assertAccessible(page)

  await page.getByRole('button', { name: 'Refused by the gateway' }).click()
  await page.getByRole('button', { name: 'Refused by the gateway', pressed: false }).waitFor()
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export CSV' }).click()])
  const [head, ...rows] = readFileSync(await file.path(), 'utf8')
    .trimEnd()
    .split('\r\n')
  assert.equal(head, '\uFEFF"time","group","name","calls","refused","limited","failed","latency"')
  assert.equal(
    rows.filter((row) => row.includes('"answered"')).reduce((sum, row) => sum + Number(row.split(',')[3]), 0),
    12,
  )
  await page.getByRole('row', { name: /^interface_not_found No published interface .* 100% 3$/ }).waitFor()
  const [errors] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export errors as CSV' }).click()])
  assert.equal(readFileSync(await errors.path(), 'utf8'), '\uFEFF"error","calls"\r\n"interface_not_found",3\r\n')
  // They are of apps; of one interface the call log tells.
  await visit(page, `/statistics?range=hour&interfaceId=${parking.id}`)
  await page.getByText('Errors are summed up by app').getByRole('link').click()
  await page.waitForURL(`**/calls?range=hour&interfaceId=${parking.id}`)
  await page.getByText('12 in total').waitFor()
  assert.deepEqual(browser.faults, [])
})
