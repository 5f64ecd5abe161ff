// A partner's developer, from signing up to the first answered call, on a Kaimen as `npm start` runs it: in how many clicks and fields?

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { freePort } from '../free-port.ts'
import { cannotSeeProcesses, dataOf, openInstallation } from '../kaimen-process.ts'
import { assertAccessible, openConsole, picture } from './console.ts'
import { openCount } from './effort.ts'

const effortMax = 25
const adminPassword = 'correct horse battery'

const words = {
  en: { add: 'Create an app', name: 'Name', create: 'New', kept: 'I have kept it', apply: 'Apply for interfaces', interfaces: 'Interfaces to apply for', submit: 'Apply', tryIt: 'Try it', send: 'Send', calls: 'Calls today' },
  'zh-CN': { add: '创建应用', name: '应用名称', create: '新建', kept: '我已妥善保存', apply: '申请接口', interfaces: '要申请的接口', submit: '提交申请', tryIt: '试调', send: '发送', calls: '今日调用' },
} as const // biome-ignore format: a table

test('from signing up to the first answered call in 25 clicks and fields', { skip: noBrowser || cannotSeeProcesses }, async (t) => {
  await using kaimen = await openInstallation()
  await kaimen.startHealthy({
    settings: { KAIMEN_ADMIN_PASSWORD: adminPassword, KAIMEN_NEW_APPS: 'enabled', KAIMEN_DEMO_PORT: String(await freePort()) },
  })
  await publishHello(kaimen)
  await using browser = await openConsole(kaimen)
  for (const language of ['zh-CN', 'en'] as const) {
    const said = words[language]
    const page = await browser.open({ language })
    const { click, fill, effort } = openCount()
    await page.goto('/register')
    const developer = { username: `li.lei.${language}`, password: 'long enough words' }
    await fill(page.locator('input[name=username]'), developer.username)
    await fill(page.locator('input[name=password]'), developer.password)
    await click(page.locator('form button'))
    await page.waitForURL('**/login*')
    await fill(page.locator('input[name=username]'), developer.username)
    await fill(page.locator('input[name=password]'), developer.password)
    await click(page.locator('form button'))

    await page.getByRole('link', { name: said.add }).waitFor()
    await picture(page, `story-developer-${language}-1`)
    await click(page.getByRole('link', { name: said.add }))
    const form = page.getByRole('dialog')
    await fill(form.getByLabel(said.name), 'First app')
    await click(form.getByRole('button', { name: said.create }))
    await page.getByRole('button', { name: said.kept }).waitFor()
    await assertAccessible(page)
    await click(page.getByRole('button', { name: said.kept }))

    await page.getByRole('button', { name: said.apply }).waitFor()
    await picture(page, `story-developer-${language}-2`)
    await click(page.getByRole('button', { name: said.apply }))
    await click(form.getByLabel(said.interfaces))
    await click(page.getByTitle(/\/api\/v1\/hello/))
    await click(form.getByRole('button', { name: said.submit, exact: true }))

    await click(page.getByRole('link', { name: said.tryIt }))
    await click(page.getByRole('button', { name: said.send }))
    await page.getByText('"/api/v1/hello"').waitFor()
    t.diagnostic(`${language}: ${effort()} clicks and fields`)
    assert.ok(effort() <= effortMax, `${effort()} clicks and fields`)
    await picture(page, `story-developer-${language}-3`)
    await assertAccessible(page)

    await page.goto('/')
    await page.getByText(said.calls).first().waitFor()
    await assertAccessible(page)
    await picture(page, `story-developer-${language}-4`)
    await page.context().close()
  }
  assert.deepEqual(browser.faults, [])
})

/** The operator's part: an interface that anybody is given who applies. */
async function publishHello({ manage }: Awaited<ReturnType<typeof openInstallation>>): Promise<void> {
  const { token } = dataOf(await manage('POST', '/openapi/user/login', { username: 'admin', password: adminPassword }))
  const service = dataOf(await manage('POST', '/openapi/service/demo', undefined, token))
  const hello = { name: 'Hello', method: 'GET', path: '/api/v1/hello', version: 'v1', type: 0, serviceType: 1, status: 1, approval: 'auto', serviceId: service.id } // biome-ignore format: one row
  dataOf(await manage('POST', '/openapi/interface/add', hello, token))
}
