// Services and projects in the console, as an operator meets them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { adminPassword, openHouse } from '../house.ts'
import { assertAccessible, assertFits, openConsole, phone, picture } from './console.ts'

const admin = { username: 'admin', password: adminPassword }

test('an operator registers a service with two targets and checks, sees that one ails, and changes it', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/services', { language: 'en' })
  await page.getByRole('button', { name: 'New service' }).first().click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Name').fill('Parking')
  await form.getByLabel('Address of target 1').fill(house.serviceUrl)
  await form.getByRole('button', { name: 'Add a target' }).click()
  await form.getByLabel('Address of target 2').fill('http://127.0.0.1:9/path')
  await form.getByRole('switch', { name: 'Health checks' }).click()
  await form.getByLabel('Interval (ms)').fill('200')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByText('without a path').waitFor()
  await form.getByLabel('Address of target 2').fill('http://127.0.0.1:9')
  await assertAccessible(page)
  await picture(page, 'services-add')
  await form.getByRole('button', { name: 'Save' }).click()

  const row = page.getByRole('row', { name: /Parking/ })
  await row.waitFor()
  const { records } = await house.done('GET', '/openapi/service/page?name=Parking')
  await house.publish({ path: '/parking', security: 'none', serviceId: records[0].id })
  assert.equal((await house.call({ method: 'GET', path: '/parking', headers: {} })).status, 200)
  await row.getByText('1 of 2 targets unhealthy').waitFor()
  await assertAccessible(page)
  await picture(page, 'services')

  await row.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  await form.getByRole('button', { name: 'Remove target 2' }).click()
  await form.getByRole('button', { name: 'Save' }).click()
  await row.getByText('Healthy').waitFor()
  assert.deepEqual(browser.faults, [])
})

test('a source of projects is described in a drawer that fits a phone', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/projects', { theme: 'dark' })
  await page.getByRole('link', { name: '项目来源' }).click()
  await page.getByText('还没有来源').waitFor()
  await page.getByRole('button', { name: '新建来源' }).first().click()
  await page.getByRole('dialog').getByLabel('地址').fill('https://erp.example/projects')
  await page.setViewportSize(phone)
  await assertFits(page)
  await assertAccessible(page)
  await picture(page, 'project-source-phone')
  assert.deepEqual(browser.faults, [])
})
