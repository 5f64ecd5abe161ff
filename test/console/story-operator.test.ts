// An operator of an empty platform, on a Kaimen as `npm start` runs it: from nothing to a published interface and a first call, then a
// developer's application is approved, and theirs is the next call.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { freePort } from '../free-port.ts'
import { cannotSeeProcesses, dataOf, openInstallation, until } from '../kaimen-process.ts'
import { assertAccessible, assertFits, openConsole, type Page, phone, picture, visit, whole } from './console.ts'

const admin = { username: 'admin', password: 'correct horse battery' }
const developer = { username: 'li.lei', password: 'long enough words' }

const words = {
  en: { begin: 'Begin here', addDemo: 'Add the demo service', addInterface: 'Publish a sample interface', addApp: 'Create a sample app', kept: 'I have kept it', callNow: 'Try it', send: 'Send', more: 'More actions', approve: 'Approve', enable: 'Enable', wait: 'is not enabled yet. An operator does that' },
  'zh-CN': { begin: '开始使用', addDemo: '添加演示服务', addInterface: '发布示例接口', addApp: '创建示例应用', kept: '我已妥善保存', callNow: '去试调', send: '发送', more: '更多操作', approve: '通过', enable: '启用', wait: '尚未启用，等待运营人员启用' },
} as const // biome-ignore format: a table

for (const language of ['zh-CN', 'en'] as const) {
  test(`an operator begins, and lets a developer in (${language})`, { skip: noBrowser || cannotSeeProcesses }, async () => {
    const said = words[language]
    await using kaimen = await openInstallation()
    await kaimen.startHealthy({ settings: { KAIMEN_ADMIN_PASSWORD: admin.password, KAIMEN_DEMO_PORT: String(await freePort()) } })
    await using browser = await openConsole(kaimen)
    const theme = language === 'en' ? 'dark' : 'light'
    const page = await browser.open({ language, theme })
    await page.goto('/', { waitUntil: 'commit' })
    await page.waitForURL('**/login*')
    await page.fill('input[name=username]', admin.username)
    await page.fill('input[name=password]', admin.password)
    await page.click('form button')
    const guide = page.getByRole('region', { name: said.begin })
    const click = (name: string) => guide.getByRole('button', { name }).click()
    await guide.getByRole('button', { name: said.addDemo }).waitFor()
    await assertAccessible(page)
    await picture(page, `story-operator-${language}-1`)
    await click(said.addDemo)
    await click(said.addInterface)
    await click(said.addApp)
    await page.getByRole('button', { name: said.kept }).click()
    await guide.getByRole('link', { name: said.callNow }).waitFor()
    await picture(page, `story-operator-${language}-2`)
    await guide.getByRole('link', { name: said.callNow }).click()
    await page.getByRole('button', { name: said.send }).click()
    await page.getByText('"/api/v1/hello"').waitFor()
    await visit(page, '/')
    await whole(page)
    await guide.waitFor({ state: 'detached' })

    const { appId, session } = await applies(kaimen)
    await approves(page, said)
    const theirs = await browser.signedIn(developer, '/', { language, theme, viewport: phone })
    await theirs.getByText(said.wait).waitFor()
    await assertFits(theirs)
    await assertAccessible(theirs)
    await picture(theirs, `story-operator-${language}-3-phone`)

    await visit(page, `/apps/${appId}`)
    await page.getByRole('button', { name: said.enable, exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: said.enable, exact: true }).click()
    await theirs.getByText(said.wait).waitFor({ state: 'detached' })
    await theirs.getByRole('link', { name: said.callNow }).click()
    await theirs.getByRole('button', { name: said.send }).click()
    await theirs.getByText('"/api/v1/hello"').waitFor()
    const isCounted = async () => dataOf(await kaimen.manage('GET', `/openapi/stats/current?appId=${appId}`, undefined, session)).year === 1
    await until(isCounted, 15_000, () => 'their call is not counted')
    assert.deepEqual(browser.faults, [])
  })
}

/** A developer who signs up, makes an app and applies for what is published, of which the operator decides now. */
async function applies({ manage }: Awaited<ReturnType<typeof openInstallation>>) {
  const sessionOf = async (person: object) => dataOf(await manage('POST', '/openapi/user/login', person)).token as string
  const operator = await sessionOf(admin)
  const { records } = dataOf(await manage('GET', '/openapi/interface/page', undefined, operator))
  dataOf(await manage('PUT', `/openapi/interface/edit/${records[0].id}`, { approval: 'manual' }, operator))
  dataOf(await manage('POST', '/openapi/user/register', developer))
  const session = await sessionOf(developer)
  const { id } = dataOf(await manage('POST', '/openapi/app/add', { name: 'Partner' }, session))
  dataOf(await manage('POST', `/openapi/app/apply/${id}`, { interfaceIds: [records[0].id], reason: 'To greet.' }, session))
  return { appId: id as number, session }
}

async function approves(page: Page, said: { readonly more: string; readonly approve: string }): Promise<void> {
  await visit(page, '/requests')
  const row = page.getByRole('row', { name: /To greet/ })
  await row.getByRole('button', { name: said.more }).click()
  await page.getByRole('menuitem', { name: said.approve }).click()
  await page.getByRole('dialog').getByRole('button', { name: said.approve }).click()
  await row.getByRole('button', { name: said.more }).waitFor({ state: 'detached' })
}
