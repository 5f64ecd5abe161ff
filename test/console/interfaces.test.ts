// Interfaces in the console, as an operator meets them: from a draft to a published one with document and versions, and from a file.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { adminPassword, openHouse } from '../house.ts'
import { until } from '../kaimen-process.ts'
import { assertAccessible, assertFits, noted, openConsole, phone, picture } from './console.ts'

const admin = { username: 'admin', password: adminPassword }

test('an operator drafts an interface, publishes it, writes its document, disables it', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  await house.done('POST', '/openapi/service/add', { name: 'Parking', targets: [{ url: house.serviceUrl }] })
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/interfaces/new', { language: 'en' })
  await page.locator('.ant-breadcrumb li').last().filter({ hasText: 'New interface' }).waitFor()
  await page.getByLabel('Name').fill('Find a parking space')
  await page.getByRole('textbox', { name: /^Path$/ }).fill('/car/parking/{plate}')
  await choose('Method', 'GET')
  await choose('Service type', 'Parking space')
  await choose('Service', /^Parking \(/)
  await choose('Security', 'Open: no credentials are checked')
  await page.getByRole('button', { name: 'Insert an example' }).click()
  await assertAccessible(page)
  await picture(page, 'interface-new')
  await page.getByRole('button', { name: 'New', exact: true }).click()
  await page.getByText('Draft').waitFor()

  await page.getByRole('button', { name: 'Publish' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click()
  await page.getByText('Published', { exact: true }).waitFor()
  // Within a second of the commit.
  const isServed = async () => (await house.call({ method: 'GET', path: '/car/parking/A12345', headers: {} })).status === 200
  await until(isServed, 10_000, () => 'the gateway never serves it')

  await page.getByRole('link', { name: 'Document', exact: true }).click()
  await page.getByRole('textbox', { name: 'Document' }).fill('# Parking\n\n| field | meaning |\n| --- | --- |\n| plate | the plate |\n')
  await page.getByRole('region', { name: 'Preview' }).getByRole('cell', { name: 'the plate' }).waitFor()
  await assertAccessible(page)
  await picture(page, 'interface-document')
  await noted(page, 'The document is saved', () => page.getByRole('button', { name: 'Save' }).click())

  await page.getByRole('link', { name: 'Versions' }).click()
  await page.getByRole('button', { name: 'New version' }).click()
  await page.getByRole('dialog').getByLabel('Version').fill('v2')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await page.getByText('Draft').first().waitFor()

  await page.goto('/interfaces?status=1')
  const row = page.getByRole('row', { name: /Find a parking space/ })
  await row.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Disable' }).click()
  const asked = page.getByRole('dialog', { name: 'Disable Find a parking space?' })
  await asked.getByText('granted to 0 apps and was called ').waitFor()
  await asked.getByRole('button', { name: 'Disable' }).click()
  await row.getByText('Disabled').waitFor()
  assert.deepEqual(browser.faults, [])

  async function choose(label: string, option: string | RegExp) {
    // "(optional)" stands behind it.
    await page.getByRole('combobox', { name: new RegExp(`^${label}( \\(|$)`) }).click()
    await page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option-content').getByText(option).click()
  }
})

test('an import shows what it would change before it does, in both themes and sizes', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  const fields = { method: 'GET', type: 0, serviceType: 4, version: '1.0' }
  await house.done('POST', '/openapi/interface/add', { name: '车场列表', path: '/parks', ...fields })
  const file = (document: object) => ({ name: 'parks.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(document)) })
  const paths = { '/parks': { get: { summary: '查询车场列表' } }, '/parks/{id}': { get: { summary: '查询车场' } } }
  const document = { openapi: '3.1.0', info: { title: '车场', version: '1.0' }, paths }
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/interfaces/import', { language: 'zh-CN', theme: 'dark' })
  const pick = page.locator('input[type=file]')

  await pick.setInputFiles(file({ ...document, paths: { ...paths, 'no slash': { get: {} } } }))
  await page.getByText('请修正以下各行').waitFor()
  assert.equal(await page.getByRole('button', { name: '导入 ' }).count(), 0)
  await page.getByRole('button', { name: '选择其他文件' }).click()

  await pick.setInputFiles(file(document))
  const changed = page.getByRole('region', { name: '变更' })
  await changed.getByText('车场列表', { exact: true }).waitFor()
  await changed.getByText('查询车场列表').first().waitFor()
  await assertAccessible(page)
  await picture(page, 'interfaces-import-zh-CN-dark')
  await page.setViewportSize(phone)
  await assertFits(page)
  await picture(page, 'interfaces-import-zh-CN-dark-phone')
  await page.getByRole('button', { name: '导入 2 个接口' }).click()
  await page.getByRole('listitem').filter({ hasText: '查询车场列表' }).waitFor()
  await assertFits(page)
  await assertAccessible(page)
  await picture(page, 'interfaces-zh-CN-dark-phone')
  const { records } = await house.done('GET', '/openapi/interface/page')
  assert.deepEqual(records.map(({ name }: { name: string }) => name).sort(), ['查询车场', '查询车场列表'])
  assert.deepEqual(browser.faults, [])
})

test('a long import shows how far it is, is stopped, and goes on after a portion failed', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  const count = async () => (await house.done('GET', '/openapi/interface/page')).total as number
  const rows = Array.from({ length: 1_600 }, (_, number) => {
    return { name: `接口 ${number}`, path: `/long/${number}`, method: 'GET', type: 0, serviceType: 4, version: '1.0' }
  })
  const file = { name: 'long.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(rows)) }
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/interfaces/import', { language: 'zh-CN' })
  let portions = 0
  const { promise: stopped, resolve: letGo } = Promise.withResolvers<void>()
  await page.route(/interface\/import$/, async (route) => {
    portions++
    if (portions === 2) return route.abort()
    if (portions === 3) await stopped
    return route.continue()
  })
  await page.locator('input[type=file]').setInputFiles(file)
  await page.getByRole('button', { name: '导入 1600 个接口' }).click()
  await page.getByText('已写入 500 / 1,600，其余保持原样').waitFor()
  assert.equal(await page.getByRole('progressbar').getAttribute('aria-valuenow'), '31')
  await assertAccessible(page)
  await picture(page, 'interfaces-import-stopped')
  assert.equal(await count(), 500)

  await page.getByRole('button', { name: '继续' }).click()
  await page.getByRole('button', { name: /^停\s?止$/ }).click()
  await page.getByText('当前这批写完后停止').waitFor()
  letGo()
  await page.getByText('已写入 1,000 / 1,600，其余保持原样').waitFor()
  assert.equal(await count(), 1_000)
  await page.getByRole('button', { name: '重新比较' }).click()
  await noted(page, '已导入：新增 600，变更 0', () => page.getByRole('button', { name: '导入 600 个接口' }).click())
  assert.deepEqual([await count(), portions], [1_600, 5])
  assert.deepEqual(browser.faults, [])
})
