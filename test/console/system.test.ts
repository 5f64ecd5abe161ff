// What operators see of the platform itself: changes, mails, app logs and settings; fields of user details and service types, which they edit.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { adminPassword, openHouse } from '../house.ts'
import { assertAccessible, assertTexts, openConsole, picture, visit } from './console.ts'

const admin = { username: 'admin', password: adminPassword }

test('a change is found by what it was, read as a difference, and exported', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  const project = await house.done('POST', '/openapi/project/add', { name: '一号车场', code: 'P1' })
  await house.done('PUT', `/openapi/project/edit/${project.id}`, { name: '一号停车场' })
  const app = await house.app([])
  await house.done('PUT', `/openapi/app/resetSignKey/${app.id}`)

  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/audit', { language: 'en' })
  await page
    .getByRole('row', { name: /app_secret/ })
    .first()
    .waitFor()
  await picture(page, 'audit')
  await page.getByLabel('Text in it').fill('一号停车场')
  await page.getByText('1 in all').waitFor()
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Show the change' }).click()
  const changes = page.getByRole('region', { name: 'What changed' })
  const row = changes.getByRole('row', { name: /^name/ })
  await assertTexts(row.getByRole('cell'), ['一号车场', '一号停车场'])
  assert.equal(await changes.getByRole('row', { name: /^code/ }).count(), 0)
  await assertAccessible(page)
  await picture(page, 'audit-change')
  await page.keyboard.press('Escape')

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export as CSV' }).click()])
  const lines = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\r\n')
  assert.equal(lines.length, 2)
  assert.match(lines[1]!, /一号停车场/)

  await visit(page, '/audit?kind=app_secret')
  await page
    .getByRole('row', { name: /app_secret/ })
    .first()
    .getByRole('button', { name: 'More actions' })
    .click()
  await page.getByRole('menuitem', { name: 'Show the change' }).click()
  await changes.getByText('***').first().waitFor()
  assert.equal(await page.getByText(app.appSecret).count(), 0)
  assert.deepEqual(browser.faults, [])
})

test('fields of user details and service types are made, changed and deleted', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/users', { language: 'en' })
  await page.getByRole('link', { name: 'Fields of user details' }).click()
  await page.getByRole('button', { name: 'New field' }).first().click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Title').fill('生日')
  await form.getByLabel('Name').fill('user name')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByRole('alert').first().waitFor()
  await form.getByLabel('Name').fill('born')
  await assertAccessible(page)
  await picture(page, 'user-details-add')
  await form.getByRole('button', { name: 'Save' }).click()
  const detail = page.getByRole('row', { name: /born/ })
  await detail.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  await form.getByRole('switch', { name: 'Needed' }).click()
  await form.getByRole('button', { name: 'Save' }).click()
  await detail.getByText('Yes').waitFor()
  await detail.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await detail.waitFor({ state: 'detached' })

  await visit(page, '/service-types')
  await page.getByRole('button', { name: 'New service type' }).first().click()
  await form.getByLabel('Chinese title').fill('充电')
  await form.getByLabel('English title').fill('Charging')
  await form.getByRole('button', { name: 'Save' }).click()
  const type = page.getByRole('row', { name: /充电/ })
  await type.waitFor()
  await assertAccessible(page)
  await picture(page, 'service-types')
  await house.publish({ path: '/parking', serviceType: 4 })
  await page.getByRole('row', { name: / 4 / }).getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('alert').waitFor()
  assert.deepEqual(browser.faults, [])
})

test('settings in force are shown without secrets, to who may see them', { skip: noBrowser }, async () => {
  const metricsToken = 'a token that nobody sees'
  await using house = await openHouse({ settings: { KAIMEN_METRICS_TOKEN: metricsToken, KAIMEN_CALLBACK_TIMEOUT: '20' } })
  await house.done('POST', '/openapi/user/register', { username: 'partner', password: 'a long password' }, '')
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/settings?text=KAIMEN_CALLBACK_TIMEOUT', { language: 'en' })
  const row = page.getByRole('row', { name: /KAIMEN_CALLBACK_TIMEOUT/ })
  await row.getByText('Not the default').waitFor()
  assert.deepEqual((await row.getByRole('cell').allTextContents()).slice(1), ['20 Not the default', '15'])
  await visit(page, '/settings?text=METRICS_TOKEN')
  await page
    .getByRole('row', { name: /KAIMEN_METRICS_TOKEN/ })
    .getByText('Set (not shown)')
    .waitFor()
  assert.doesNotMatch(await page.content(), new RegExp(metricsToken))
  await page.context().close()
  const chinese = await browser.signedIn(admin, '/settings?text=应答一个事件', { language: 'zh-CN' })
  await chinese.getByRole('row', { name: /KAIMEN_CALLBACK_TIMEOUT.*时限/ }).waitFor()
  await chinese.context().close()

  const denied = await browser.signedIn({ username: 'partner', password: 'a long password' }, '/settings', { language: 'en' })
  await denied.getByText('You may not see this page').waitFor()
  await denied.context().close()

  // A key got out: the operator who ends them all reads what that means, and signs in again like everybody.
  const keys = await browser.signedIn(admin, '/settings', { language: 'en' })
  await keys.getByRole('link', { name: 'Signing keys' }).click()
  const signing = keys.getByRole('row', { name: /Sessions, and tokens.*Signs now/ })
  const kid = await signing.getByRole('cell').first().textContent() // biome-ignore format: one thought
  await assertAccessible(keys)
  await picture(keys, 'keys')
  await keys.getByRole('button', { name: 'End them at once' }).click()
  const asked = keys.getByRole('dialog', { name: 'A key got out: end all keys at once?' })
  await asked.getByText('everybody’s session, also yours').waitFor()
  await assertAccessible(keys)
  await picture(keys, 'keys-end')
  await asked.getByRole('button', { name: 'End them at once' }).click()
  await keys.waitForURL(/\/login\?return=%2Fsettings%2Fkeys/)
  const after = await browser.signedIn(admin, '/settings/keys', { language: 'en' })
  await after.getByRole('row', { name: /Sessions, and tokens.*Signs now/ }).waitFor()
  assert.equal(await after.getByText(kid!).count(), 0)
  assert.deepEqual(browser.faults, [])
})

test('a mail that was given up is sent again; codes that were sent by SMS are shown without them', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  await house.query(
    `insert into mail ("to", subject, text, kind, status, tries, next_at, created_at, problem) values ('a@example.com', 'Kaimen', 'text', 'app', 'given_up', 9, now(), now(), '550 no such user')`,
  )
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/mails', { language: 'en' })
  const row = page.getByRole('row', { name: /a@example.com/ })
  await row.getByText('550 no such user').waitFor()
  await row.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Send again' }).click()
  await page.getByRole('dialog').waitFor()
  await assertAccessible(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click()
  await row.getByText('Sent', { exact: true }).waitFor()

  await house.done('POST', '/openapi/user/smsCode', { phoneNumber: '13800138000', scene: 'register' }, '')
  const { code } = JSON.parse(readFileSync(join(house.dataDir, 'outbox/sms.jsonl'), 'utf8'))
  await page.getByRole('link', { name: 'SMS' }).click()
  await page.getByRole('row', { name: /13800138000.*Registration.*Taken by the provider/ }).waitFor()
  // The digits of the phone hold it now and then.
  const shown = (await page.locator('#content').textContent()) ?? ''
  assert.doesNotMatch(shown.replaceAll('13800138000', ''), new RegExp(code))
  assert.deepEqual(browser.faults, [])
})
