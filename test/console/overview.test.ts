// The overview in the console, over calls that were really made.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { adminPassword, openHouse, signed } from '../house.ts'
import { assertAccessible, assertFits, openConsole, phone, picture } from './console.ts'

const admin = { username: 'admin', password: adminPassword }

test('calls show within seconds, with their ends, the interface, the app and what was refused', { skip: noBrowser }, async () => {
  await using house = await openHouse({
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
  await page.reload()
  const cells = (row: string) => page.getByRole('row', { name: row }).locator('td').allTextContents()
  await page.getByRole('row', { name: /查询车位/ }).waitFor()
  assert.deepEqual((await cells('查询车位')).slice(0, 4), ['查询车位', '8', '1', '0'])
  assert.deepEqual((await cells('缴费')).slice(0, 4), ['缴费', '1', '0', '1'])
  assert.deepEqual((await cells('app-1')).slice(0, 4), ['app-1', '8', '0', '1'])
  await page.getByRole('row', { name: 'signature_invalid 1' }).waitFor()
  await page.getByText('Serving').waitFor()
  await page.getByText('24 hours').click()
  await page.waitForURL(/step=hour/)
  await page.getByRole('row', { name: /查询车位/ }).waitFor()
  assert.deepEqual(browser.faults, [])
})

test('it is readable in both languages, themes and sizes, and its charts as tables', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  const parking = await house.publish({ path: '/parking', name: '查询车位', security: 'none' })
  await house.app([parking.id])
  for (let at = 0; at < 20; at++) await house.call({ method: 'GET', path: at % 5 === 0 ? '/parking?x=%' : '/parking', headers: {} })
  await using browser = await openConsole(house)
  for (const [language, theme] of [
    ['zh-CN', 'light'],
    ['en', 'dark'],
  ] as const) {
    // biome-ignore format: a table
    const page = await browser.signedIn(admin, '/', { language, theme })
    await page.getByRole('row', { name: /查询车位/ }).waitFor()
    await page.locator('canvas').nth(2).waitFor()
    await assertAccessible(page)
    await picture(page, `overview-${language}-${theme}`)
    await page.setViewportSize(phone)
    await assertFits(page)
    await assertAccessible(page)
    await picture(page, `overview-${language}-${theme}-phone`)
    await page
      .getByRole('button', { name: language === 'en' ? 'Show as table' : '以表格查看' })
      .nth(1)
      .click()
    await page.getByRole('table', { name: language === 'en' ? 'Calls' : '调用量', exact: true }).waitFor()
    await assertAccessible(page)
    await page.context().close()
  }
  assert.deepEqual(browser.faults, [])
})
