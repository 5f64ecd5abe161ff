// A developer asks the console why a call was refused.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { type House, openHouse } from '../house.ts'
import { until } from '../kaimen-process.ts'
import { assertAccessible, assertFits, assertTexts, openConsole, phone, picture } from './console.ts'

const developer = { username: 'li.lei', password: 'long enough words' }
const path = '/by-sign'

let house: House
let requestId: string

before(async () => {
  house = await openHouse()
  await house.done('POST', '/openapi/user/register', developer, '')
  const app = await house.done('POST', '/openapi/app/add', { name: 'app' }, await house.login(developer.username, developer.password))
  const { id } = await house.publish({ path, security: 'sign' })
  await house.done('PUT', `/openapi/app/enable/${app.id}`)
  await house.done('PUT', `/openapi/app/config/${app.id}`, { interfaceIds: [id] })
  await house.settled()

  // Signed in the order of sending.
  const query = `b=1&a=2&appId=${app.appId}&nonce=n&signType=hmac-sha256&timestamp=${Date.now()}`
  const sign = createHmac('sha256', app.appSecret).update(`GET\n${path}\n${query}`).digest('base64')
  const answer = await house.call({ method: 'GET', path: `${path}?${query}&sign=${encodeURIComponent(sign)}`, headers: {} })
  assert.equal(answer.fault, 'signature_invalid')
  requestId = answer.json.requestId
  const isKept = async () => (await house.manage('GET', `/openapi/stats/explain/${requestId}`, undefined, house.admin)).status === 200
  await until(isKept, 15_000, () => 'the gateway does not report it')
})
after(() => house.close())

for (const [language, theme, words] of [['en', 'dark', /Sort them by name/], ['zh-CN', 'light', /排序/]] as const) {
  test(`the likely cause in words, and the first difference marked: ${theme}, in ${language}`, { skip: noBrowser }, async () => {
    await using browser = await openConsole(house)
    const page = await browser.signedIn(developer, '/explain', { language, theme })
    await page.getByRole('textbox').fill('not an id')
    await page.keyboard.press('Enter')
    await page.getByText(/UUID/).waitFor()
    await page.getByRole('textbox').fill(requestId)
    await page.keyboard.press('Enter')
    await page.getByText(words).waitFor()
    await assertTexts(page.locator('mark'), ['a', 'b'])
    assert.equal(new URL(page.url()).searchParams.get('requestId'), requestId)
    await assertAccessible(page)
    await picture(page, `explain-${language}-${theme}`)
    await page.setViewportSize(phone)
    await assertFits(page)
    await assertAccessible(page)
    await picture(page, `explain-${language}-${theme}-phone`)
    await page.getByRole('link', { name: language === 'en' ? 'Step by step' : '逐步查看' }).click()
    await page.locator('.steps').waitFor()
    assert.match((await page.locator('.steps > li').last().locator('pre').textContent())!, /^GET\n\/by-sign\na=2&appId=/)
    await assertTexts(page.locator('mark'), ['a', 'b'])
    await assertFits(page)
    await assertAccessible(page)
    await picture(page, `explain-workbench-${language}-${theme}-phone`)
    assert.deepEqual(browser.faults, [])
  })
} // biome-ignore format: a table
