// What a person with a slow line meets: answers that come late, in another order, or not at all. Each is held here until the test lets it go.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { adminPassword, type House, openHouse } from '../house.ts'
import { until } from '../kaimen-process.ts'
import { noted, openConsole, type Page, visit } from './console.ts'

const admin = { username: 'admin', password: adminPassword }

let house: House
before(async () => {
  house = await openHouse()
})
after(() => house.close())

/** Has the first such request done at once and holds what is answered, until it is let go. */
async function hold(page: Page, method: string, path: RegExp) {
  const { promise: free, resolve: letGo } = Promise.withResolvers<void>()
  let asked = 0
  await page.route(path, async (route) => {
    if (route.request().method() !== method || ++asked > 1) return route.fallback()
    const response = await route.fetch()
    await free
    await route.fulfill({ response })
  })
  return {
    letGo,
    asked: () => asked,
    isAsked: () => until(() => asked > 0, 15_000, () => `${method} ${path} is not asked for`), // biome-ignore format: one thought
  }
}

test('what is pressed twice is done once; a form stays until it is answered, and shows what it made', {
  skip: noBrowser,
}, async () => {
  await using browser = await openConsole(house)
  const before = await house.app([])
  const page = await browser.signedIn(admin, `/apps/${before.id}?tab=credentials`, { language: 'en' })
  const token = await hold(page, 'PUT', /\/app\/resetToken\//)
  // Twice, before the page can tell that it is under way.
  await page.getByRole('button', { name: 'Make a token' }).evaluate((button) => {
    for (const _ of [1, 2]) (button as unknown as { click(): void }).click()
  })
  await token.isAsked()
  token.letGo()
  await page.getByRole('button', { name: 'I have kept it' }).click()
  assert.equal(token.asked(), 1)

  await visit(page, '/apps')
  const adding = await hold(page, 'POST', /\/app\/add$/)
  await page.getByRole('button', { name: 'New app' }).first().click()
  const form = page.getByRole('dialog', { name: 'New app' })
  const name = form.getByLabel('Name')
  await name.fill('East gate')
  await name.press('Enter')
  await name.press('Enter')
  await adding.isAsked()
  await name.press('Enter')
  await name.press('Escape')
  await form.getByRole('button', { name: 'Cancel', disabled: true }).waitFor()

  // Nothing else is answered any more: the secret is shown all the same, this once.
  await page.route(/\/openapi\//, (route) => (route.request().method() === 'GET' ? route.abort() : route.fallback()))
  adding.letGo()
  const made = page.getByRole('dialog', { name: 'The app East gate was created' })
  await made.locator('dd').nth(1).filter({ hasText: /^[0-9A-Z]{32}$/ }).waitFor() // biome-ignore format: one thought
  assert.equal(adding.asked(), 1)
  assert.equal((await house.done('GET', '/openapi/app/page?name=East')).total, 1)
  assert.deepEqual(browser.faults, [])
})

test('a list that was asked for before something was made shows it, and is not called empty while it is asked for', {
  skip: noBrowser,
}, async () => {
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/roles', { language: 'en' })
  await page.getByRole('button', { name: 'New role' }).waitFor()
  const before = await hold(page, 'GET', /\/user\/page/)
  await visit(page, '/users')
  await before.isAsked()
  await page.getByRole('button', { name: 'New user' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Username').fill('wang.fang')
  await form.getByLabel('First password').fill('long enough words')
  await form.getByRole('button', { name: 'Save' }).click()
  // The first answer has not come yet, and none waits for it.
  await page.getByRole('cell', { name: 'wang.fang' }).waitFor()

  await page.goto('/users?username=nobody')
  await page.getByText('Nothing matches').first().waitFor()
  const all = await hold(page, 'GET', /\/user\/page/)
  await page.getByRole('button', { name: 'Clear filters' }).first().click()
  await all.isAsked()
  await page.locator('table[aria-busy=true]').waitFor()
  assert.equal(await page.getByText('No users yet').count(), 0)
  all.letGo()
  await page.getByRole('cell', { name: 'wang.fang' }).waitFor()
  assert.deepEqual(browser.faults, [])
})

test('what one types is neither overtaken by its own answers nor taken for something else', { skip: noBrowser }, async () => {
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/users', { language: 'en' })
  await page.getByRole('cell', { name: 'admin', exact: true }).waitFor()
  const filter = page.getByRole('textbox', { name: 'Username' })
  // Whoever thinks after a space types on behind it.
  await filter.fill('wang ')
  await page.getByRole('cell', { name: 'admin', exact: true }).waitFor({ state: 'detached' })
  await filter.press('x')
  assert.equal(await filter.inputValue(), 'wang x')

  await visit(page, '/apps')
  await page.getByRole('button', { name: 'New app' }).first().click()
  const owner = page.getByRole('dialog').getByRole('combobox', { name: 'Owner' })
  await owner.click()
  await page.getByTitle('admin', { exact: true }).waitFor()
  const found = await hold(page, 'GET', /\/user\/page/)
  await owner.fill('nobody')
  await owner.press('Enter')
  await found.isAsked()
  await owner.press('Enter')
  found.letGo()
  await page.getByText('Nothing matches').waitFor()
  assert.equal(await page.getByTitle('admin', { exact: true }).count(), 0)
  assert.deepEqual(browser.faults, [])
})

test('an answer that comes when one has gone elsewhere takes nobody back, and one thing’s page is not another’s', {
  skip: noBrowser,
}, async () => {
  const [one, two] = [await house.publish({ path: '/one', doc: 'first document' }), await house.publish({ path: '/two', doc: 'second document' })] // biome-ignore format: one thought
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, `/interfaces/${two.id}?tab=document`, { language: 'en' })
  const written = page.getByRole('textbox', { name: 'Document' })
  for (const [id, doc] of [[two.id, 'second'], [one.id, 'first'], [two.id, 'second']]) {
    await visit(page, `/interfaces/${id}?tab=document`)
    await written.filter({ hasText: `${doc} document` }).waitFor()
  } // biome-ignore format: a table

  const adding = await hold(page, 'POST', /\/interface\/version\//)
  await visit(page, `/interfaces/${one.id}?tab=versions`)
  await page.getByRole('button', { name: 'New version' }).click()
  await page.getByRole('dialog').getByLabel('Version').fill('v2')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await adding.isAsked()
  await visit(page, '/users')
  await noted(page, /v2 was created as a draft/, async () => adding.letGo())
  assert.equal(new URL(page.url()).pathname, '/users')
  assert.deepEqual(browser.faults, [])
})
