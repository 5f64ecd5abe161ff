// Who may do what, in the console: each permission shows its pages and no others, and who may only look is offered nothing to change. What
// the server refuses is told by routes.test.ts and bad-requests.test.ts, and that both mean the same by pages.test.ts.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { permissionRows } from '#core/role/permission.ts'
import { noBrowser } from '../browser.ts'
import { assertAccessible, openConsole, partsOf, picture, visit, whole } from './console.ts'
import { type Furnished, openFurnished } from './furnished.ts'
import { type Page, pages } from './pages.ts'

const person = { username: 'zhang.san', password: 'long enough words' }

let place: Furnished
/** Gives the person these permissions and no others, from their next request on. */
let allow: (names: readonly string[]) => Promise<void>
before(async () => {
  if (noBrowser) return
  place = await openFurnished()
  const { done } = place.house
  const role = await done('POST', '/openapi/role/add', { title: '查看者', name: 'viewer', permissionIds: [] })
  await done('POST', '/openapi/user/add', { ...person, roleIds: [role.id] })
  allow = async (names) => {
    const permissionIds = names.map((name) => permissionRows[name as keyof typeof permissionRows].id)
    await done('PUT', `/openapi/role/edit/${role.id}`, { permissionIds })
  }
})
after(() => place?.house.close())

const permissionOf = ({ who }: Page) => (who === 'signedIn' ? undefined : 'hq' in who ? who.hq : who.own)

test('each permission shows the pages that it is for, and no others', { skip: noBrowser }, async () => {
  await using browser = await openConsole(place.house)
  await allow([])
  const page = await browser.signedIn(person, '/', { language: 'en' })
  const links = page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link')
  for (const permission of new Set(pages.map(permissionOf))) {
    await allow(permission ? [permission] : [])
    // The lightest that has the navigation.
    await page.goto('/nowhere')
    await links.first().waitFor()
    const shown = await links.evaluateAll((all) => all.map((link) => (link as unknown as { pathname: string }).pathname))
    const own = pages.filter(
      (one) => one.nav && !(permission && one.nav.unless === permission) && [undefined, permission].includes(permissionOf(one)),
    )
    assert.deepEqual(shown.toSorted(), own.map(({ path }) => path).toSorted(), permission)
    const closed = pages.find((one) => permissionOf(one) !== undefined && permissionOf(one) !== permission)!
    await visit(page, place.addressOf(closed.path))
    await page.getByText('You may not see this page').waitFor()
  }
  assert.deepEqual(browser.faults, [])
})

/** What buttons and rows of menus are called that change something. */
const changes =
  /^(New|Create|Edit|Change|Delete|Enable|Disable|Save|Revoke|Grant|Bind|Push|Import|Publish|Set|Reset|Make|Add|Send|End|Unlock|Give|Remove|Register|Pull|Approve|Refuse|Pause|Resume)\b(?!.* as CSV$)/

test('who may only look is refused nothing that a page asks for, and offered nothing to change', { skip: noBrowser }, async () => {
  await using browser = await openConsole(place.house)
  await allow(Object.keys(permissionRows).filter((name) => name.startsWith('view-')))
  const page = await browser.signedIn(person, '/', { language: 'en' })
  const refused: string[] = []
  page.on('response', (response) => {
    if (response.status() >= 400) refused.push(`${page.url()}: ${response.status()} ${response.request().method()} ${response.url()}`)
  })
  const offered = []
  for (const one of pages.filter((one) => !one.path.startsWith('/my/') && (permissionOf(one) ?? 'view-').startsWith('view-'))) {
    await visit(page, place.addressOf(one.path))
    await whole(page)
    for (const [at, part] of (await partsOf(page)).entries()) {
      if (at > 0) await visit(page, part)
      await whole(page)
      const names = await namesOf(page.locator('#content').getByRole('button').and(page.locator(':enabled')))
      if (names.includes('More actions')) {
        await page.getByRole('button', { name: 'More actions' }).first().click()
        await page.getByRole('menuitem').first().waitFor()
        names.push(...(await namesOf(page.getByRole('menuitem'))))
        await page.keyboard.press('Escape')
      }
      offered.push(...names.filter((name) => changes.test(name)).map((name) => `${page.url()}: ${name}`))
    }
  }
  assert.deepEqual(offered, [])
  assert.deepEqual(refused, [])
  assert.deepEqual(browser.faults, [])
})

test('who may change apps and not see events sets a callback address all the same', { skip: noBrowser }, async () => {
  await using browser = await openConsole(place.house)
  await allow(['view-app', 'edit-app'])
  const page = await browser.signedIn(person, place.addressOf('/apps/$id'), { language: 'en' })
  const address = page.locator('.facts div', { hasText: 'Callback address' })
  await address.getByRole('button', { name: 'Change the address' }).click()
  const drawer = page.getByRole('dialog', { name: 'Change the address' })
  await drawer.getByLabel('Callback address').fill(`${place.house.serviceUrl}/hooks`)
  await drawer.getByRole('button', { name: 'Save' }).click()
  await address.getByText(`${place.house.serviceUrl}/hooks`, { exact: true }).waitFor()
  await page.getByRole('navigation', { name: 'App' }).getByRole('link', { name: 'Sign-in' }).waitFor()
  assert.equal(await page.getByRole('link', { name: 'Events' }).count(), 0)
  await assertAccessible(page)
  await picture(page, 'app-without-events')
  assert.deepEqual(browser.faults, [])
})

const namesOf = async (all: Locator) =>
  (await all.evaluateAll((found) => found.map((one) => (one.getAttribute('aria-label') ?? one.textContent ?? '').trim()))) as string[]
