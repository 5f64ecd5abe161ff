// Users in the console, as an operator meets them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { adminPassword, openHouse } from '../house.ts'
import { assertAccessible, assertFits, openConsole, phone, picture } from './console.ts'

test('an operator creates a user, gives roles, and deletes them again', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  await using browser = await openConsole(house)
  const page = await browser.signedIn({ username: 'admin', password: adminPassword }, '/users', { language: 'en' })
  await page.getByRole('button', { name: 'New user' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Username').fill('wang.fang')
  await form.getByLabel('First password').fill('long enough words')
  await form.getByLabel('Phone').fill('13800138000')
  await picture(page, 'users-add')
  await assertAccessible(page)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('cell', { name: 'wang.fang' }).waitFor()
  await house.login('wang.fang', 'long enough words')

  const row = page.getByRole('row', { name: /wang\.fang/ })
  await row.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Set roles' }).click()
  await page.getByRole('combobox', { name: 'Roles' }).click()
  await page.getByText('(developer)').click()
  await page.getByRole('button', { name: 'Save' }).click()
  await row.getByText('Developer').waitFor()

  await row.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('dialog', { name: 'Delete the user wang.fang?' }).getByRole('button', { name: 'Delete' }).click()
  await row.waitFor({ state: 'detached' })
  const { records } = await house.done('GET', '/openapi/user/page')
  assert.deepEqual(records.map(({ username }: { username: string }) => username), ['admin']) // biome-ignore format: one thought
  assert.deepEqual(browser.faults, [])
})

test('the list keeps its filter in the address, in both languages, themes and sizes', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  for (const name of ['li.lei', 'han.meimei']) {
    await house.done('POST', '/openapi/user/register', { username: name, password: 'long enough words', nikeName: '韩梅梅' }, '')
  }
  await using browser = await openConsole(house)
  const admin = { username: 'admin', password: adminPassword }
  for (const [language, theme] of [
    ['zh-CN', 'light'],
    ['en', 'dark'],
  ] as const) {
    // biome-ignore format: a table
    const page = await browser.signedIn(admin, '/users?username=lei', { language, theme })
    await page.getByRole('cell', { name: 'li.lei' }).waitFor()
    assert.equal(await page.getByRole('cell', { name: 'han.meimei' }).count(), 0)
    await page.getByRole('button', { name: language === 'en' ? 'Clear filters' : '清除筛选' }).click()
    await page.getByRole('cell', { name: 'han.meimei' }).waitFor()
    assert.equal(new URL(page.url()).search, '')
    const name = page.getByRole('columnheader', { name: language === 'en' ? 'Username' : '用户名' })
    await name.click()
    await page.waitForURL(/\?sort=username$/)
    const first = page.locator('tbody tr').filter({ has: page.locator('time') }).first() // biome-ignore format: one thought
    await first.getByText('admin', { exact: true }).waitFor()
    assert.equal(await name.getAttribute('aria-sort'), 'ascending')
    await name.click()
    await first.getByText('li.lei', { exact: true }).waitFor()
    await name.click()
    await first.getByText('han.meimei', { exact: true }).waitFor()
    await assertAccessible(page)
    await picture(page, `users-${language}-${theme}`)
    await page.setViewportSize(phone)
    await page.getByRole('listitem').filter({ hasText: 'han.meimei' }).waitFor()
    await assertFits(page)
    await assertAccessible(page)
    await picture(page, `users-${language}-${theme}-phone`)
    await page.context().close()
  }
  assert.deepEqual(browser.faults, [])
})
