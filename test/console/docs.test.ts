// The documentation in the console, as a partner's developer meets it: find an interface, read it, copy a sample, try it, and see why a
// call was refused.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { freePort, type House, openHouse } from '../house.ts'
import { assertAccessible, assertFits, openConsole, phone, picture } from './console.ts'

const developer = { username: 'li.lei', password: 'long enough words' }

const paramSchema = {
  type: 'object',
  required: ['plate', 'items'],
  properties: {
    plate: { type: 'string', description: '车牌号', minLength: 7, examples: ['京A12345'] },
    hours: { type: 'integer', minimum: 1, maximum: 72 },
    kind: { type: 'string', enum: ['car', 'truck'], default: 'car' },
    paid: { type: 'boolean' },
    items: {
      type: 'array',
      items: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, size: { type: 'object', properties: { width: { type: 'number' } } } } },
    },
  },
} // biome-ignore format: a table

const doc = `# 预约车位\n\n返回**预约号**。\n\n| 字段 | 说明 |\n| --- | --- |\n| id | 预约号 |\n\n<script>window.stolen = true</script>\n\n[坏链接](javascript:alert(1))`

async function openPortal() {
  const house = await openHouse({ settings: { KAIMEN_GATEWAY_PORT: String(await freePort()) } })
  await house.done('POST', '/openapi/user/register', developer, '')
  const session = await house.login(developer.username, developer.password)
  const app = await house.done('POST', '/openapi/app/add', { name: '李雷的应用' }, session)
  const booking = {
    path: '/api/{version}/lots/{lot}/book',
    method: 'POST',
    name: '预约车位',
    doc,
    paramSchema,
    code: 'book',
    security: 'token+sign',
  }
  const old = await house.publish({ ...booking, version: 'v1', deprecationTime: '2026-01-01 00:00:00', sunsetTime: '2031-01-01 00:00:00' })
  const current = await house.publish({ ...booking, version: 'v2' })
  await house.publish({ path: '/api/v1/other', name: '别的接口' })
  await house.done('PUT', `/openapi/app/enable/${app.id}`)
  await house.done('PUT', `/openapi/app/config/${app.id}`, { interfaceIds: [old.id, current.id] })
  await house.settled()
  return { house, app, old, current }
}

test('a developer finds an interface, reads its document and parameters, copies a sample and calls it', { skip: noBrowser }, async () => {
  const { house, app, current } = await openPortal()
  await using _ = house
  await using browser = await openConsole(house)
  const page = await browser.signedIn(developer, '/docs', { language: 'en' })
  await page.getByRole('textbox', { name: 'Name, path, remark or text' }).fill('预约号')
  await page.getByRole('link', { name: '别的接口' }).waitFor({ state: 'detached' })
  await assertAccessible(page)
  await picture(page, 'docs-list')
  await page.getByRole('row', { name: /v2/ }).getByRole('link').click()

  await page.getByRole('heading', { name: '预约车位', level: 1 }).first().waitFor()
  await page.getByRole('cell', { name: '预约号' }).waitFor()
  assert.equal(await page.evaluate('window.stolen'), undefined)
  assert.equal(await page.locator('a[href^="javascript"]').count(), 0)
  const row = page.getByRole('row', { name: /width/ })
  assert.match((await row.textContent()) ?? '', /number/)
  assert.match((await page.getByRole('row', { name: /^plate/ }).textContent()) ?? '', /needed.*string.*车牌号.*length 7…/)
  assert.match((await page.getByRole('row', { name: /signature_invalid/ }).textContent()) ?? '', /401/)
  await assertAccessible(page)
  await picture(page, 'docs-one')

  await page.getByRole('tab', { name: 'Try it' }).click()
  await page.getByLabel('{lot}').fill('东门')
  await page.getByLabel('hours').fill('2')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('"method": "POST"').waitFor()
  await assertAccessible(page)
  await picture(page, 'docs-try')
  const arrived = house.arrived.at(-1)!
  assert.equal(arrived.url, '/api/v2/lots/%E4%B8%9C%E9%97%A8/book')
  assert.deepEqual(JSON.parse(arrived.body), { plate: '京A12345', items: [{ name: 'text', size: { width: 1 } }], hours: 2 })
  assert.equal(arrived.headers['x-app-id'], app.appId)

  await page.getByRole('tab', { name: 'Samples' }).click()
  await page.getByRole('tab', { name: 'Python' }).click()
  const sample = (await page.getByRole('tabpanel', { name: 'Python' }).textContent()) ?? ''
  for (const part of [app.appId, house.gatewayUrl, '"/api/v2/lots/%E4%B8%9C%E9%97%A8/book"', '"hours": 2', 'os.environ["APP_SECRET"]']) assert.ok(sample.includes(part), part) // biome-ignore format: one row
  await assertAccessible(page)
  await picture(page, 'docs-samples')
  assert.equal(new URL(page.url()).pathname, `/docs/${current.id}`)
  assert.deepEqual(browser.faults, [])
})

test('one document in both languages, themes and sizes; an old version leads to the new one', { skip: noBrowser }, async () => {
  const { house, old } = await openPortal()
  await using _ = house
  await using browser = await openConsole(house)
  for (const [language, theme] of [['zh-CN', 'dark'], ['en', 'light']] as const) {
    const page = await browser.signedIn(developer, `/docs/${old.id}`, { language, theme })
    await page.getByRole('link', { name: language === 'en' ? 'Take v2 instead' : '请改用 v2' }).waitFor()
    for (const tab of language === 'en' ? ['Samples', 'Try it', 'Document'] : ['示例代码', '试调', '说明']) {
      await page.getByRole('tab', { name: tab }).click()
      await page.getByRole('tabpanel', { name: tab }).waitFor()
      await page.setViewportSize(phone)
      await assertFits(page)
      await assertAccessible(page)
      await picture(page, `docs-${language}-${theme}-${tab}-phone`)
    }
    await page.context().close()
  }
  assert.deepEqual(browser.faults, [])
}) // biome-ignore format: a table

test('a refused call is explained by its request id, with the first difference marked', { skip: noBrowser }, async () => {
  const { house, app } = await openPortal()
  await using _ = house
  const requestId = await callUnsorted(house, app)
  await using browser = await openConsole(house)
  for (const [language, theme, words] of [['en', 'dark', /Sort them by name/], ['zh-CN', 'light', /排序/]] as const) {
    const page = await browser.signedIn(developer, '/explain', { language, theme })
    await page.getByRole('textbox').fill(requestId)
    await page.keyboard.press('Enter')
    await page.getByText(words).waitFor()
    const marks = await page.locator('mark').allTextContents()
    assert.deepEqual(marks, ['a', 'b'])
    await assertAccessible(page)
    await picture(page, `explain-${language}-${theme}`)
    await page.setViewportSize(phone)
    await assertFits(page)
    await assertAccessible(page)
    await picture(page, `explain-${language}-${theme}-phone`)
    assert.equal(new URL(page.url()).searchParams.get('requestId'), requestId)
    await page.context().close()
  }
  assert.deepEqual(browser.faults, [])
}) // biome-ignore format: a table

/** Signs the parameters in the order of sending; answers the request id of the refusal. */
async function callUnsorted(house: House, app: { id: number; appId: string; appSecret: string }): Promise<string> {
  const path = '/by-sign'
  const { id } = await house.publish({ path, security: 'sign' })
  await house.done('PUT', `/openapi/app/config/${app.id}`, { interfaceIds: [id] })
  await house.settled()
  const query = `b=1&a=2&appId=${app.appId}&nonce=n&signType=hmac-sha256&timestamp=${Date.now()}`
  const sign = createHmac('sha256', app.appSecret).update(`GET\n${path}\n${query}`).digest('base64')
  const answer = await house.call({ method: 'GET', path: `${path}?${query}&sign=${encodeURIComponent(sign)}`, headers: {} })
  assert.equal(answer.fault, 'signature_invalid')
  // Until the gateway has reported it.
  const explained = `/openapi/stats/explain/${answer.json.requestId}`
  for (let tries = 0; (await house.manage('GET', explained, undefined, house.admin)).status !== 200; tries++) assert.ok(tries < 40)
  return answer.json.requestId
}
