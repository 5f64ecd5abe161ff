// The documentation in the console, as a partner's developer meets it: find an interface, read it, copy a sample, try it.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { isDrawable } from '../../console/src/components/markdown-bounds.ts'
import { noBrowser } from '../browser.ts'
import { freePort } from '../free-port.ts'
import { type House, openHouse, type TestApp } from '../house.ts'
import { assertAccessible, assertFits, assertTexts, openConsole, phone, picture, visit } from './console.ts'

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

let house: House
let app: TestApp
let old: { readonly id: number }
let current: { readonly id: number }
let forMembers: { readonly id: number }

before(async () => {
  house = await openHouse({ settings: { KAIMEN_GATEWAY_PORT: String(await freePort()) } })
  await house.done('POST', '/openapi/user/register', developer, '')
  const session = await house.login(developer.username, developer.password)
  app = await house.done('POST', '/openapi/app/add', { name: '李雷的应用' }, session)
  const booking = {
    path: '/api/{version}/lots/{lot}/book',
    method: 'POST',
    name: '预约车位',
    doc,
    paramSchema,
    code: 'book',
    security: 'token+sign',
  }
  old = await house.publish({ ...booking, version: 'v1', deprecationTime: '2026-01-01 00:00:00', sunsetTime: '2031-01-01 00:00:00' })
  current = await house.publish({ ...booking, version: 'v2' })
  forMembers = await house.publish({ path: '/api/v1/other', name: '别的接口', security: 'token' })
  await house.done('PUT', `/openapi/app/enable/${app.id}`)
  await house.done('PUT', `/openapi/app/edit/${app.id}`, { schemes: ['hmac-sha256', 'rfc9421', 'member'] })
  await house.done('PUT', `/openapi/app/config/${app.id}`, { interfaceIds: [old.id, current.id] })
  await house.settled()
})
after(() => house.close())

test('a developer finds an interface and reads its document and parameters', { skip: noBrowser }, async () => {
  await using browser = await openConsole(house)
  const page = await browser.signedIn(developer, '/docs', { language: 'en' })
  const search = page.getByRole('textbox', { name: 'Name, path, text, parameter or error' })
  await search.fill('signature_inv')
  await page.getByRole('link', { name: 'signature_invalid' }).waitFor()
  await search.fill('WIDTH')
  await page.getByText('Parameter: items.size.').first().waitFor()
  await search.fill('预约号')
  await page.getByRole('link', { name: '别的接口' }).waitFor({ state: 'detached' })
  await page.getByText('Document › 预约车位').first().waitFor()
  await assertTexts(page.locator('mark'), ['预约号', '预约号'])
  await assertAccessible(page)
  await picture(page, 'docs-list')
  await page.getByRole('row', { name: /v2/ }).getByRole('link', { name: '预约车位' }).last().click()

  await page.getByRole('heading', { name: '预约车位', level: 1 }).waitFor()
  await page.getByRole('cell', { name: '预约号' }).waitFor()
  assert.equal(await page.evaluate('window.stolen'), undefined)
  assert.equal(await page.locator('a[href^="javascript"]').count(), 0)
  const row = page.getByRole('row', { name: /width/ })
  assert.match((await row.textContent()) ?? '', /number/)
  assert.match((await page.getByRole('row', { name: /^plate/ }).textContent()) ?? '', /needed.*string.*车牌号.*length 7…/)
  assert.match((await page.getByRole('row', { name: /signature_invalid/ }).textContent()) ?? '', /401/)
  await assertAccessible(page)
  await picture(page, 'docs-one')

  const { pathname, hash } = new URL(page.url())
  assert.deepEqual([pathname, decodeURIComponent(hash)], [`/docs/${current.id}`, '#doc-预约车位'])
  assert.equal(await page.locator('[id="doc-预约车位"]').textContent(), '预约车位')

  // Somebody’s link, and somebody’s document.
  await house.done('PUT', `/openapi/interface/doc/${current.id}`, { doc: `# 很深\n\n${'>'.repeat(20_000)}` })
  await page.goto(`/docs/${current.id}#%E0%`)
  await page.reload()
  await page.getByText('# 很深').waitFor()
  await house.done('PUT', `/openapi/interface/doc/${current.id}`, { doc })

  await page.getByRole('link', { name: 'signature_invalid' }).click()
  await page.getByText('When a call of an interface is refused').waitFor()
  assert.match((await page.getByRole('row', { name: /signature_invalid/ }).textContent()) ?? '', /1200010401.*workbench/)
  await page.getByRole('textbox', { name: 'Name, code, status or words' }).fill('1200013')
  await page.getByRole('row', { name: /signature_invalid/ }).waitFor({ state: 'detached' })
  assert.match((await page.getByRole('row', { name: /not_granted/ }).textContent()) ?? '', /Apply for the interface/)
  await picture(page, 'docs-errors')
  assert.deepEqual(browser.faults, [])
})

test('a document that would keep its reader waiting for minutes is known before it is drawn', () => {
  const rows = Array.from({ length: 800 }, (_, n) => `| [${n}](#${n}) | ~~x~~ |`).join('\n')
  const fence = (text: string) => `\`\`\`json\n${text}\n\`\`\``
  const list = Array.from({ length: 8 }, (_, n) => `${'    '.repeat(n)}- ${n}`).join('\n')
  for (const drawn of [
    '',
    doc,
    `| a | b |\n| --- | --- |\n${rows}`,
    fence('['.repeat(9_000)),
    `> ${list}`,
    `${'[a](b)\n\n'.repeat(2_000)}`,
  ])
    assert.ok(isDrawable(drawn), drawn.slice(0, 40))
  const nested = Array.from({ length: 100 }, (_, n) => `${'  '.repeat(n)}- a`).join('\n')
  for (const not of [
    '>'.repeat(100),
    nested,
    '- '.repeat(100),
    '['.repeat(9_000),
    '[a]('.repeat(900),
    '~~a'.repeat(900),
    '<a '.repeat(900),
  ])
    assert.ok(!isDrawable(not), not.slice(0, 40))
})

test('they try it, and copy a sample with what they tried', { skip: noBrowser }, async () => {
  await using browser = await openConsole(house)
  const page = await browser.signedIn(developer, `/docs/${current.id}?tab=try`, { language: 'en' })
  await page.getByLabel('{lot}').fill('东门')
  await page.getByLabel('hours').fill('2')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('"method": "POST"').waitFor()
  await page.evaluate('scrollTo(0, 0)')
  await assertAccessible(page)
  await picture(page, 'docs-try')
  await page.getByRole('button', { name: 'As JSON' }).click()
  const json = page.getByRole('textbox', { name: 'Parameters (a JSON object)' })
  assert.equal(JSON.parse(await json.inputValue()).hours, 2)
  await json.fill('{')
  await page.getByRole('button', { name: 'Send', disabled: true }).waitFor()
  await json.fill('{"lot": "西门", "plate": "京A", "items": []}')
  await page.getByRole('button', { name: 'Send' }).click()
  await page
    .getByText(/at least 7/)
    .first()
    .waitFor()
  await page.evaluate('scrollTo(0, 0)')
  await assertAccessible(page)
  await picture(page, 'docs-try-json')
  await json.fill('{"lot": "东门", "plate": "京A12345", "items": [{"name": "text", "size": {"width": 1}}], "hours": 2}')
  await page.getByRole('button', { name: 'As a form' }).click()
  assert.equal(await page.getByLabel('{lot}').inputValue(), '东门')
  const arrived = house.arrived.at(-1)!
  assert.equal(arrived.url, '/api/v2/lots/%E4%B8%9C%E9%97%A8/book')
  assert.deepEqual(JSON.parse(arrived.body), { plate: '京A12345', items: [{ name: 'text', size: { width: 1 } }], hours: 2 })
  assert.equal(arrived.headers['x-app-id'], app.appId)

  await page.getByRole('link', { name: 'Samples' }).click()
  await page.getByRole('tab', { name: 'Python' }).click()
  const python = page.getByRole('tabpanel', { name: 'Python' })
  for (const part of [app.appId, house.gatewayUrl, '"/api/v2/lots/%E4%B8%9C%E9%97%A8/book"', '"hours": 2', 'os.environ.get("APP_SECRET"']) await python.filter({ hasText: part }).waitFor() // biome-ignore format: one row
  await assertAccessible(page)
  await picture(page, 'docs-samples')

  await page.getByLabel('Scheme').click()
  await page.getByTitle('rfc9421').click()
  await python.getByText('rfc9421.py', { exact: true }).waitFor()
  await page.setViewportSize(phone)
  await page.getByLabel('Scheme').click()
  await page.getByTitle('hmac-sha256, encrypted (sm4-gcm)').click()
  await page.getByText('PHP and Go have no SM4-GCM themselves').waitFor()
  await python.getByText('ENCRYPT = "sm4-gcm"').waitFor()
  await assertAccessible(page)
  await assertFits(page)
  await picture(page, 'docs-samples-phone')
  assert.deepEqual(browser.faults, [])
})

test('an old version leads to the new one, and one for members to a sample that logs in', { skip: noBrowser }, async () => {
  await using browser = await openConsole(house)
  const page = await browser.signedIn(developer, `/docs/${old.id}`, { theme: 'dark', viewport: phone })
  await page.getByRole('link', { name: '请改用 v2' }).click()
  await page.waitForURL(`**/docs/${current.id}`)

  await visit(page, `/docs/${forMembers.id}?tab=samples`)
  await page.getByLabel('签名方案').click()
  await page.getByTitle('member', { exact: true }).click()
  const sample = page.getByRole('tabpanel', { name: 'TypeScript' })
  await sample.getByText("'/api/v1/other'").waitFor()
  await assertAccessible(page)
  await assertFits(page)
  await picture(page, 'docs-samples-member')

  // By another scheme than those that get a token: the sample says so, and the app's page what to do.
  const mayUse = (schemes: string[]) => house.done('PUT', `/openapi/app/edit/${app.id}`, { schemes })
  await mayUse(['rsa2'])
  await page.reload()
  await sample.getByText("scheme: string = 'rsa2'").waitFor()
  await mayUse(['rfc9421'])
  await page.goto(`/docs/${current.id}?tab=samples`)
  await page.getByText('该示例以 hmac-sha256 换取 token').waitFor()
  await assertAccessible(page)
  await assertFits(page)
  await picture(page, 'docs-samples-no-token')
  await page.getByRole('alert').getByRole('link', { name: '李雷的应用' }).click()
  await page.getByText('以上方案无法换取应用令牌').waitFor()
  await picture(page, 'app-no-token')
  await page.getByRole('button', { name: '编辑' }).click()
  await page.getByRole('dialog').getByLabel('hmac-sha256').check()
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByText('以上方案无法换取应用令牌').waitFor({ state: 'detached' })
  assert.deepEqual(browser.faults, [])
})
