// A developer's own apps in the console: keys, interfaces, calls; and nothing of the operators'.

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { freePort } from '../free-port.ts'
import { openHouse, zoneOfNoon } from '../house.ts'
import { assertAccessible, assertFits, openConsole, phone, picture, visit } from './console.ts'
import { pages } from './pages.ts'

const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const developer = { username: 'li.lei', password: 'long enough words' }

async function openPortal() {
  const settings = { KAIMEN_GATEWAY_PORT: String(await freePort()), KAIMEN_NEW_APPS: 'enabled', KAIMEN_TIME_ZONE: zoneOfNoon() }
  const house = await openHouse({ settings })
  await house.done('POST', '/openapi/user/register', developer, '')
  const session = await house.login(developer.username, developer.password)
  const app = await house.done('POST', '/openapi/app/add', { name: '停车助手' }, session)
  const free = await house.publish({ path: '/api/v1/free', name: '空闲车位', approval: 'auto' })
  const manual = await house.publish({ path: '/api/v1/pay', name: '缴费' })
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { dayQuota: 1_000, limitCount: 5 })
  return { house, session, app, free, manual }
}

test('a developer rotates a secret, adds a public key, applies, is refused, and sees what is left', { skip: noBrowser }, async () => {
  const { house, session, app, free, manual } = await openPortal()
  await using _ = house
  await house.done('POST', `/openapi/app/apply/${app.id}`, { interfaceIds: [free.id] }, session)
  await house.settled()
  await house.done('POST', `/openapi/app/try/${app.id}`, { interfaceId: free.id }, session)
  await using browser = await openConsole(house)
  const page = await browser.signedIn(developer, `/my/apps/${app.id}`, { language: 'en' })
  await page.getByText('999 left of 1,000').waitFor()
  await assertAccessible(page)
  await picture(page, 'my-app')

  // A logo: what is no picture is said at once, and one that is can be chosen by the keyboard, replaced and removed.
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByLabel('Logo').setInputFiles({ name: 'logo.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') })
  await page.getByText('Only pictures as PNG, JPEG, WebP or GIF', { exact: true }).waitFor()
  const choose = page.getByRole('button', { name: 'Choose another' })
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), choose.press('Enter')])
  await chooser.setFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from('no picture') })
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog').getByRole('alert').getByText('image/png, image/jpeg').waitFor()
  await page.getByLabel('Logo').setInputFiles({ name: 'logo.gif', mimeType: 'image/gif', buffer: gif })
  await page.getByRole('dialog').locator('img[src^="data:image/gif"]').waitFor()
  await assertAccessible(page)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: '停车助手' }).locator('img[src^="/openapi/file/"]').waitFor()
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: '停车助手' }).locator('img').waitFor({ state: 'detached' })
  assert.equal((await house.done('GET', `/openapi/app/${app.id}`)).logo, null)

  await page.getByRole('link', { name: 'Keys and signing' }).click()
  await page.getByRole('button', { name: 'New secret' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'New secret' }).click()
  await page.getByRole('button', { name: 'I have kept it' }).click()
  await page.getByRole('button', { name: 'Add a public key' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('keyId').fill('k-1')
  const pem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }) as string
  await form.getByLabel('Public key').fill(pem)
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('cell', { name: 'ed25519' }).waitFor()
  await assertAccessible(page)
  await picture(page, 'my-app-keys')
  const after = await house.done('GET', `/openapi/app/${app.id}`, undefined, session)
  assert.equal(after.secrets.length, 2, 'the old secret is good for a while')

  await page.getByRole('link', { name: 'Interfaces' }).click()
  await page.getByRole('button', { name: 'Apply for interfaces' }).click()
  const applying = page.getByRole('dialog')
  await applying.getByLabel('Interfaces to apply for').fill(`#${manual.id}`)
  await page.getByTitle(`缴费 · GET /api/v1/pay · #${manual.id}`).click()
  await applying.getByLabel('Reason').fill('缴费')
  await applying.getByRole('button', { name: 'Apply', exact: true }).click()
  await applying.waitFor({ state: 'hidden' })
  const { records } = await house.done('GET', '/openapi/app/apply/page')
  await house.done('PUT', `/openapi/app/apply/refuse/${records[0].id}`, { reason: 'Not for cars.' })
  await visit(page, `/my/apps/${app.id}`)
  await page.getByRole('link', { name: 'Interfaces' }).click()
  await page.getByText('Not for cars.').waitFor()
  await assertAccessible(page)
  await picture(page, 'my-app-interfaces')
  await page.getByRole('link', { name: 'Calls' }).click()
  await page.getByRole('link', { name: 'fine' }).click()
  await page.waitForURL(/\/explain\?requestId=/)

  // The first page says what to do next: of a quota that is used up, and of an app that may not call anything.
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { dayQuota: 1 })
  await house.done('PUT', `/openapi/app/expiration/${app.id}`, { expirationTime: inDays(9) })
  const bare = await house.done('POST', '/openapi/app/add', { name: 'Second app' }, session)
  await visit(page, '/')
  await page.getByText('停车助手 has used 1 of its 1 calls of today.').waitFor()
  await page.getByText(/^停车助手 expires in \d+ days/).waitFor()
  await page.getByText('Second app may not call anything yet.').waitFor()
  await assertAccessible(page)
  await picture(page, 'own-overview')
  await page.getByRole('link', { name: 'Apply for interfaces' }).click()
  await page.waitForURL(`**/my/apps/${bare.id}?tab=interfaces`)
  assert.deepEqual(browser.faults, [])
})

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19).replace('T', ' ')

test('a developer finds no page of the operators, neither in the navigation nor by its address', { skip: noBrowser }, async () => {
  const { house, app } = await openPortal()
  await using _ = house
  const other = await house.done('POST', '/openapi/app/add', { name: 'Somebody else’s' })
  await using browser = await openConsole(house)
  const page = await browser.signedIn(developer, '/', { language: 'zh-CN', theme: 'dark', viewport: phone })
  await page.getByRole('link', { name: '申请接口' }).waitFor()
  await assertFits(page)
  await assertAccessible(page)
  await picture(page, 'own-overview-phone')
  await page.getByRole('button', { name: '打开导航' }).click()
  const links = page.getByRole('navigation', { name: '主导航' }).getByRole('link')
  await links.first().waitFor()
  const offered = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')))
  await links.and(page.locator('[href="/my/apps"]')).click()
  await links.first().waitFor({ state: 'hidden' })
  for (const { path, who } of pages) {
    if (who === 'signedIn' || 'own' in who) continue
    assert.ok(!offered.includes(path), path)
    await visit(page, path.replace('$id', String(app.id)))
    await page.getByText('您没有查看此页面的权限').waitFor()
  }
  await visit(page, `/my/apps/${other.id}`)
  await page.getByRole('alert').waitFor()
  assert.equal(await page.getByText('Somebody else’s').count(), 0)
  await visit(page, `/my/apps/${app.id}`)
  await page.getByText('每秒调用上限').waitFor()
  await assertFits(page)
  await picture(page, 'my-app-phone')
  assert.deepEqual(browser.faults, [])
})
