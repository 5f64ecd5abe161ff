// Apps in the console: what an operator does for a partner, and that the gateway follows.

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { adminPassword, openHouse, signed } from '../house.ts'
import { assertAccessible, noted, openConsole, picture, visit } from './console.ts'
import { counted } from './counted.ts'

const admin = { username: 'admin', password: adminPassword }

test('an operator makes an app, grants an interface and enables it: its secret signs a call', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  const parking = await house.publish({ path: '/api/v1/car/parking', name: '查询车位', security: 'sign' })
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/apps', { language: 'en' })
  await page.getByRole('button', { name: 'New app' }).first().click()
  await page.getByRole('dialog').getByLabel('Name').fill('East gate')
  await page.getByRole('button', { name: 'Save' }).click()
  const shown = page.getByRole('dialog', { name: 'The app East gate was created' })
  await shown.waitFor()
  const [appId, appSecret] = await shown.locator('dd').allTextContents()
  assert.match(appSecret!, /^[0-9A-Z]{32}$/)
  await picture(page, 'apps-secret')
  await assertAccessible(page)
  await shown.getByRole('button', { name: 'I have kept it' }).click()

  await page.getByRole('link', { name: 'Interfaces (0)' }).click()
  await page.getByRole('button', { name: 'Grant interfaces' }).click()
  await page.getByRole('combobox', { name: 'Interfaces' }).fill('车位')
  await page.getByTitle(/查询车位/).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('cell', { name: /查询车位 GET/ }).waitFor()

  await page.getByRole('button', { name: 'Enable' }).click()
  await page.getByRole('dialog', { name: 'Enable the app East gate?' }).getByRole('button', { name: 'Enable' }).click()
  await page.getByRole('button', { name: 'Disable' }).waitFor()
  await house.settled()
  const app = { id: 0, appId: appId!, appSecret: appSecret! }
  assert.equal((await house.call(signed(app, 'GET', '/api/v1/car/parking'))).status, 200)
  await counted(house, 1)

  await page
    .getByRole('row', { name: /查询车位/ })
    .getByRole('button', { name: 'More actions' })
    .click()
  await page.getByRole('menuitem', { name: 'Revoke' }).click()
  const revoking = page.getByRole('dialog', { name: 'Revoke “查询车位”?' })
  await revoking.getByText('1 of its calls went through in the last 24 hours').waitFor()
  await revoking.getByRole('button', { name: 'Revoke' }).click()
  await page.getByText('Nothing is granted yet').waitFor()
  await house.settled()
  assert.equal((await house.call(signed(app, 'GET', '/api/v1/car/parking'))).fault, 'not_granted')

  // All of a kind at once, but for what is unpublished or for internal apps.
  const { id: other } = await house.publish({ path: '/other', name: '计费' })
  await house.publish({ path: '/internal', name: '内部', visibility: 'internal' })
  await house.publish({ path: '/draft', name: '草稿', status: 0 })
  await page.getByRole('button', { name: 'Grant interfaces' }).click()
  await page.getByRole('radio', { name: 'All interfaces' }).check()
  await page.getByText('3 are published now').waitFor()
  await assertAccessible(page)
  await noted(page, '2 more granted', () => page.getByRole('button', { name: 'Save' }).click())
  const appRow = (await house.done('GET', '/openapi/app/page')).records[0].id
  assert.deepEqual((await house.done('GET', `/openapi/app/${appRow}`)).interfaceIds, [parking.id, other])

  // What unbinding a project may end: calls at interfaces that ask for one.
  const project = await house.done('POST', '/openapi/project/add', { name: 'North', code: 'north' })
  await house.done('PUT', `/openapi/app/bind/${appRow}`, { projectIds: [project.id] })
  await house.done('PUT', `/openapi/interface/edit/${parking.id}`, { projectParam: 'park' })
  await page.goto(`${house.platformUrl}/apps/${appRow}?tab=projects`)
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Unbind' }).click()
  const unbinding = page.getByRole('dialog', { name: 'Unbind “North”?' })
  await unbinding.getByText('1 of its calls went through at interfaces that ask for a project').waitFor()
  // What somebody else bound since the page was opened stays.
  const south = await house.done('POST', '/openapi/project/add', { name: 'South', code: 'south' })
  await house.done('PUT', `/openapi/app/bind/${appRow}`, { projectIds: [project.id, south.id] })
  await unbinding.getByRole('button', { name: 'Unbind' }).click()
  await unbinding.waitFor({ state: 'hidden' })
  assert.deepEqual((await house.done('GET', `/openapi/app/${appRow}`)).projectIds, [south.id])

  await page.getByRole('link', { name: 'Overview', exact: true }).last().click()
  await page.getByRole('button', { name: 'Set expiry' }).click()
  await page.getByRole('button', { name: 'In 30 days' }).click()
  await assertAccessible(page)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('30 days left').waitFor()
  await page.getByRole('button', { name: 'Set expiry' }).click()
  await page.getByLabel('Expires').fill('2020-01-01T00:00:00')
  await page.getByText('This is past').waitFor()
  await page.getByRole('button', { name: 'Never' }).click()
  await page.getByText('It never expires').waitFor()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('30 days left').waitFor({ state: 'detached' })
  assert.equal((await house.done('GET', `/openapi/app/${appRow}`)).expirationTime, null)
  assert.deepEqual(browser.faults, [])
})

test('an operator decides what developers applied for, and a refusal of the server is shown beside the form', {
  skip: noBrowser,
}, async () => {
  await using house = await openHouse()
  const developer = { username: 'li.lei', password: 'long enough words' }
  await house.done('POST', '/openapi/user/register', developer, '')
  const token = await house.login(developer.username, developer.password)
  const app = await house.done('POST', '/openapi/app/add', { name: '东门停车' }, token)
  const [one, two] = [await house.publish({ path: '/one', name: '第一个接口' }), await house.publish({ path: '/two', name: '第二个接口' })]
  for (const { id } of [one, two])
    await house.done('POST', `/openapi/app/apply/${app.id}`, { interfaceIds: [id], reason: '对接停车场' }, token)
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/requests')
  const rowOf = (name: string) => page.getByRole('row', { name })
  await rowOf('第一个接口').waitFor()
  await picture(page, 'requests-zh-CN-light')
  await assertAccessible(page)
  await rowOf('第一个接口').getByRole('button', { name: '更多操作' }).click()
  await page.getByRole('menuitem', { name: '通过', exact: true }).click()
  await page.getByRole('dialog', { name: '通过 东门停车 的申请？' }).getByRole('button', { name: '通过' }).click()
  await rowOf('第一个接口').getByText('已通过').waitFor()
  await rowOf('第二个接口').getByRole('button', { name: '更多操作' }).click()
  await page.getByRole('menuitem', { name: '拒绝', exact: true }).click()
  await page.getByRole('dialog').getByLabel('理由').fill('请先补充资质')
  await page.getByRole('dialog').getByRole('button', { name: '拒绝' }).click()
  await rowOf('第二个接口').getByText('请先补充资质').waitFor()
  assert.deepEqual((await house.done('GET', `/openapi/app/${app.id}`)).interfaceIds, [one.id])

  await visit(page, `/apps/${app.id}?tab=credentials`)
  await page.getByRole('button', { name: '编辑' }).click()
  await page.getByLabel('IP 白名单').fill('10.0.0.0/8\nnowhere')
  await page.getByRole('button', { name: '保存' }).click()
  const refusal = page.getByRole('alert').filter({ hasText: 'ipAllowList' })
  await refusal.getByText('请求编号').waitFor()
  assert.equal(await page.getByLabel('IP 白名单').inputValue(), '10.0.0.0/8\nnowhere')
  await page.getByLabel('IP 白名单').fill('10.0.0.0/8')
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByText('10.0.0.0/8', { exact: true }).waitFor()

  // An operator registers a public key for a partner; the audit says who it was.
  await page.getByRole('button', { name: '添加公钥' }).click()
  await page.getByLabel('keyId').fill('k-1')
  await page
    .getByRole('textbox', { name: '公钥' })
    .fill(generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }) as string)
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByRole('cell', { name: 'ed25519' }).waitFor()
  const [written] = (await house.done('GET', `/openapi/audit/page?kind=app&subject=${app.id}`)).records
  assert.deepEqual([written.username, written.after.public_keys[0].keyId], ['admin', 'k-1'])
  await page.getByRole('link', { name: '登录接入' }).click()
  await page.getByText('用户还不能登录此应用').waitFor()
  await page.getByRole('button', { name: '编辑' }).click()
  await page.getByLabel('回调地址').fill('http://shop.example/callback')
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByRole('alert').filter({ hasText: 'http://shop.example/callback' }).waitFor()
  await page.getByLabel('回调地址').fill('https://shop.example/callback\nhttps://shop.example/test')
  await page.getByLabel('email:send').check()
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByText('https://shop.example/test', { exact: true }).waitFor()
  const { redirectUris, scopes } = await house.done('GET', `/openapi/app/${app.id}`)
  assert.deepEqual([redirectUris.length, scopes], [2, ['email:send']])

  await house.query(`insert into consent select id, $1, '{openid,profile}', now(), now() from "user" where username = $2`, [
    app.id,
    developer.username,
  ])
  await page.reload()
  await picture(page, 'app-sign-in')
  await page.getByRole('row', { name: developer.username }).getByRole('button', { name: '更多操作' }).click()
  await page.getByRole('menuitem', { name: '撤销授权' }).click()
  await page.getByRole('dialog', { name: '撤销 li.lei 对 东门停车 的授权？' }).getByRole('button', { name: '撤销授权' }).click()
  await page.getByText('暂无授权记录').waitFor()
  assert.deepEqual(browser.faults, [])
})

test('what is asked before an app is disabled is readable on dark ground', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  const app = await house.app()
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, `/apps/${app.id}`, { language: 'en', theme: 'dark' })
  await page.getByRole('button', { name: 'Disable' }).click()
  await page.getByRole('dialog').getByRole('alert').waitFor()
  await assertAccessible(page)
  assert.deepEqual(browser.faults, [])
})
