// Roles in the console, and what a person with one of them sees of it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { adminPassword, openHouse } from '../house.ts'
import { assertAccessible, assertFits, openConsole, phone, picture, visit } from './console.ts'

const admin = { username: 'admin', password: adminPassword }

test('a role is made of permissions; who has it sees the pages that it allows, and no others', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/roles', { language: 'en', theme: 'dark' })
  await page.getByRole('button', { name: 'New role' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Title').fill('Auditor')
  await form.getByLabel('Name').fill('auditor')
  await form.getByRole('checkbox', { name: 'See users', exact: true }).check()
  await form.getByRole('checkbox', { name: 'See all apps', exact: true }).check()
  await assertAccessible(page)
  await picture(page, 'roles-edit-en-dark')
  await form.getByRole('button', { name: 'Save' }).click()
  const row = page.getByRole('row', { name: /auditor/ })
  await row.waitFor()
  await assertAccessible(page)
  await picture(page, 'roles-en-dark')
  await page.setViewportSize(phone)
  await assertFits(page)
  await picture(page, 'roles-en-dark-phone')
  const [role] = (await house.done('GET', '/openapi/role/page?name=auditor')).records
  const auditor = { username: 'auditor.zhang', password: 'long enough words' }
  await house.done('POST', '/openapi/user/add', { ...auditor, roleIds: [role.id] })

  const theirs = await browser.signedIn(auditor, '/users')
  await theirs.getByRole('cell', { name: 'auditor.zhang' }).waitFor()
  const links = await theirs.getByRole('navigation').getByRole('link').allTextContents()
  assert.deepEqual(links.filter((link) => ['应用', '用户', '角色与权限', '接口申请'].includes(link)), ['应用', '用户']) // biome-ignore format: one thought
  assert.equal(await theirs.getByRole('button', { name: '更多操作' }).count(), 0)
  assert.equal(await theirs.getByRole('button', { name: '新建用户' }).count(), 0)
  await visit(theirs, '/roles')
  await theirs.getByText('您没有查看此页面的权限').waitFor()
  await assertAccessible(theirs)
  await visit(theirs, '/nowhere')
  await theirs.getByText('没有这个页面').waitFor()

  await page.setViewportSize({ width: 1280, height: 800 })
  await row.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('dialog', { name: 'Delete the role Auditor?' }).getByRole('button', { name: 'Delete' }).click()
  await page
    .getByText(/is in use|still/i)
    .first()
    .waitFor()
  assert.deepEqual(browser.faults, [])
})

test('language and appearance are kept; who is not signed in comes back to where they wanted to go', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  await using browser = await openConsole(house)
  const page = await browser.open()
  await page.goto('/roles?title=x', { waitUntil: 'commit' })
  await page.waitForURL(/\/login\?return=%2Froles%3Ftitle%3Dx/)
  await page.fill('input[name=username]', admin.username)
  await page.fill('input[name=password]', admin.password)
  await page.click('form button')
  await page.waitForURL(/\/roles\?title=x$/)
  await page.getByRole('button', { name: '语言' }).click()
  await page.getByRole('menuitem', { name: 'English' }).click()
  await page.getByRole('heading', { name: 'Roles' }).waitFor()
  await page.locator('html[lang=en]').waitFor()
  await page.getByRole('button', { name: 'Appearance' }).click()
  await page.getByRole('menuitem', { name: 'Dark' }).click()
  await page.locator('html[style*="color-scheme: dark"]').waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'Roles' }).waitFor()
  await page.locator('html[style*="color-scheme: dark"]').waitFor()
  await page.getByRole('button', { name: 'Your menu' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL(/\/login/)
  await page.goto('/users', { waitUntil: 'commit' })
  await page.waitForURL(/\/login\?return=%2Fusers/)
  assert.deepEqual(browser.faults, [])
})
