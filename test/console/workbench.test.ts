// The signature workbench: a request is pasted, its string to sign built step by step, and one's own string compared with it.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { adminPassword, type House, openHouse } from '../house.ts'
import { assertAccessible, assertFits, openConsole, type Page, phone, picture } from './console.ts'

const admin = { username: 'admin', password: adminPassword }
const right = 'POST\n/api/v1/book\nappId=app12345&hours=1.0&nonce=n-1&note=a b&signType=hmac-sha256&timestamp=1767225600000'
const curl = `curl -X POST 'https://api.example.com/api/v1/book?note=a%20b' -H 'Content-Type: application/json' --data-raw '{"hours":1.0,"appId":"app12345","timestamp":1767225600000,"nonce":"n-1","signType":"hmac-sha256","sign":"AAAA"}'`
const message = `POST /api/v1/book HTTP/1.1
Host: api.example.com
Signature-Input: sig=("@method" "@authority" "@path" "@query");created=1767225600;keyid="app12345";nonce="n-1"
Signature: sig=:AAAA:

`

const result = (page: Page) => page.locator('.steps > li').last().locator('pre')

let house: House
before(async () => {
  house = await openHouse()
})
after(() => house.close())

for (const [language, theme] of [['en', 'light'], ['zh-CN', 'dark']] as const) {
  test(`a pasted curl becomes a string to sign, step by step, and one’s own is compared: ${theme}, in ${language}`, { skip: noBrowser }, async () => {
    await using browser = await openConsole(house)
    const isEnglish = language === 'en'
    const page = await browser.signedIn(admin, '/workbench', { language, theme })
    const sent: string[] = []
    page.on('request', (request) => sent.push(`${request.url()} ${request.postData()}`))
    await page.getByRole('textbox', { name: isEnglish ? 'Request' : '请求' }).fill(curl)
    assert.equal(await result(page).textContent(), right)
    assert.equal(await page.locator('.steps > li').count(), 6)

    const own = page.getByRole('textbox', { name: isEnglish ? 'Your string to sign' : '您的待签名字符串' })
    await own.fill(right.replace('note=a b', 'note=a%20b'))
    await page.getByText(isEnglish ? /line 3, character/ : /第 3 行/).waitFor()
    assert.deepEqual(await page.locator('mark').allTextContents(), [' ', '%'])
    await page.getByText(isEnglish ? /not URL-encoded|decoded|encoded/i : /编码/).first().waitFor()
    await assertAccessible(page)
    await picture(page, `workbench-${language}-${theme}`)
    await own.fill(right)
    await page.getByText(isEnglish ? 'The two strings are the same.' : '两个字符串完全相同。').waitFor()
    await page.setViewportSize(phone)
    await assertFits(page)
    await assertAccessible(page)
    await picture(page, `workbench-${language}-${theme}-phone`)
    assert.ok(!sent.join('\n').includes('app12345'), 'nothing of it leaves the browser')
    assert.deepEqual(browser.faults, [])
  })
} // biome-ignore format: a table

test('an HTTP message by RFC 9421, another scheme than it seems, and what cannot be signed at all', { skip: noBrowser }, async () => {
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/workbench', { language: 'en' })
  const request = page.getByRole('textbox', { name: 'Request' })
  await request.fill(message)
  const base = '"@method": POST\n"@authority": api.example.com\n"@path": /api/v1/book\n"@query": ?\n"@signature-params": '
  assert.ok((await result(page).textContent())!.startsWith(base))

  await request.fill(curl)
  await page.getByRole('combobox', { name: 'Scheme' }).click()
  await page.getByTitle('openapi', { exact: true }).click()
  assert.equal(await result(page).textContent(), right.split('\n')[2])

  await page.getByRole('combobox', { name: 'Scheme' }).click()
  await page.getByTitle('rfc9421', { exact: true }).click()
  await page.getByText('The request has no field signature-input.').waitFor()
  await request.fill('GET /x?a=%')
  await page.getByRole('combobox', { name: 'Scheme' }).click()
  await page.getByTitle('hmac-sha256', { exact: true }).click()
  await page.getByText('a percent-encoding is broken near "%".').waitFor()
  await request.fill('hello')
  await page.getByText(/does not look like a request/).waitFor()
  await assertAccessible(page)
  assert.deepEqual(browser.faults, [])
})
