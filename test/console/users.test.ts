// Users in the console, as an operator meets them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { adminPassword, captchaAnswer, openHouse } from '../house.ts'
import { assertAccessible, assertFits, noted, openConsole, phone, picture } from './console.ts'

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

test('an operator sees where somebody is signed in, ends it, and helps who is locked out', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  const person = { username: 'wang.fang', password: 'long enough words' }
  const { id } = await house.done('POST', '/openapi/user/register', person, '')
  const tokens = [await house.login(person.username, person.password), await house.login(person.username, person.password)]
  const signedIn = async () => (await Promise.all(tokens.map((token) => house.manage('GET', '/openapi/user/me', undefined, token)))).map(({ status }) => status === 200) // biome-ignore format: one thought
  await using browser = await openConsole(house)
  const page = await browser.signedIn({ username: 'admin', password: adminPassword }, '/users', { language: 'en' })
  for (let failed = 0; failed < 12; failed++) {
    const { captchaId } = await house.done('GET', '/openapi/user/captcha', undefined, '')
    await house.manage('POST', '/openapi/user/login', { ...person, password: 'wrong', captchaId, verfiyCode: captchaAnswer })
  }
  await page.getByRole('link', { name: person.username }).click()
  const sessions = page.getByRole('row', { name: /127\.0\.0\.1/ })
  await sessions.nth(1).waitFor()
  await assertAccessible(page)
  await picture(page, 'user')
  await sessions.first().getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'End', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End' }).click()
  await sessions.nth(1).waitFor({ state: 'detached' })
  assert.deepEqual((await signedIn()).sort(), [false, true])
  await page.getByRole('button', { name: 'End all' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End all' }).click()
  await page.getByText('Signed in nowhere').waitFor()
  assert.deepEqual(await signedIn(), [false, false])

  await page.getByText('From 127.0.0.1 until').waitFor()
  await page.getByRole('button', { name: 'Unlock' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Unlock' }).click()
  await page.getByText('From 127.0.0.1 until').waitFor({ state: 'detached' })
  await house.login(person.username, person.password)
  await page.getByRole('button', { name: 'Give a new password' }).click()
  await page.getByRole('dialog').getByLabel('New password').fill('words from an operator')
  await assertAccessible(page)
  const give = page.getByRole('dialog').getByRole('button', { name: 'Give a new password' })
  await noted(page, 'wang.fang has a new password', () => give.click())
  await house.login(person.username, 'words from an operator')

  await page.setViewportSize(phone)
  await assertFits(page)
  await page.goto('/users/1')
  await page.getByRole('link', { name: 'Change yours at your account' }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Give a new password' }).count(), 0)
  assert.notEqual(id, 1)
  assert.deepEqual(browser.faults, [])
})

test('the list keeps its filter and its order in the address; on a phone it is cards', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  for (const name of ['li.lei', 'han.meimei']) {
    await house.done('POST', '/openapi/user/register', { username: name, password: 'long enough words', nikeName: '韩梅梅' }, '')
  }
  await using browser = await openConsole(house)
  const page = await browser.signedIn({ username: 'admin', password: adminPassword }, '/users?username=lei', { language: 'en' })
  await page.getByRole('cell', { name: 'li.lei' }).waitFor()
  assert.equal(await page.getByRole('cell', { name: 'han.meimei' }).count(), 0)
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.getByRole('cell', { name: 'han.meimei' }).waitFor()
  assert.equal(new URL(page.url()).search, '')

  const name = page.getByRole('columnheader', { name: 'Username' })
  await name.click()
  await page.waitForURL(/\?sort=username$/)
  const first = page.locator('tbody tr').filter({ has: page.locator('time') }).first() // biome-ignore format: one thought
  await first.getByText('admin', { exact: true }).waitFor()
  assert.equal(await name.getAttribute('aria-sort'), 'ascending')
  await name.click()
  await first.getByText('li.lei', { exact: true }).waitFor()
  await page.setViewportSize(phone)
  const cards = page.getByRole('listitem').filter({ has: page.locator('time') }) // biome-ignore format: one thought
  await cards.first().getByText('li.lei').waitFor()
  await page.getByRole('combobox', { name: 'Sorted by' }).click()
  await page.getByTitle('Username, ascending').click()
  await cards.first().getByText('admin').first().waitFor()
  await assertAccessible(page)
  assert.deepEqual(browser.faults, [])
})
