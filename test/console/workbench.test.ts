// The signature workbench: a request is pasted, its string to sign built step by step, and one's own string compared with it.

import assert from 'node:assert/strict'
import { createVerify, generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { adminPassword, type House, openHouse } from '../house.ts'
import { assertAccessible, assertFits, assertTexts, openConsole, type Page, phone, picture } from './console.ts'

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
    await assertTexts(result(page), [right])
    assert.equal(await page.locator('.steps > li').count(), 6)

    const own = page.getByRole('textbox', { name: isEnglish ? 'Your string to sign' : '您的待签名字符串' })
    await own.fill(right.replace('note=a b', 'note=a%20b'))
    await page.getByText(isEnglish ? /line 3, character/ : /第 3 行/).waitFor()
    await assertTexts(page.locator('mark'), [' ', '%'])
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

test('a key that is typed makes the signature in the page, and tells whether that of the request is right', {
  skip: noBrowser,
}, async () => {
  await using browser = await openConsole(house)
  for (const scheme of ['hmac-sha256', 'openapi', 'rfc9421']) {
    const page = await browser.signedIn(admin, `/workbench?example=${scheme}`, { language: 'en' })
    const sent: string[] = []
    page.on('request', (request) => sent.push(`${request.url()} ${request.postData()}`))
    await page.getByRole('button', { name: 'Take the secret of the example' }).click()
    const secret = await page.getByLabel('Secret of the app').inputValue()
    await page.getByRole('button', { name: 'Compute' }).click()
    await page.getByText('The request carries this signature: it is right.').waitFor()
    await page.getByLabel('Secret of the app').fill(secret.toLowerCase())
    await page.getByRole('button', { name: 'Compute' }).click()
    await page.getByText(/The request carries another signature/).waitFor()
    await assertAccessible(page)
    await picture(page, `workbench-sign-${scheme}`)
    assert.ok(!sent.join('\n').toLowerCase().includes(secret.toLowerCase()), 'the secret stays')
    await page.close()
  }
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const page = await browser.signedIn(admin, '/workbench?example=rsa2', { language: 'en' })
  await page.getByLabel('Private key (PKCS #8, PEM)').fill(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  await page.getByRole('button', { name: 'Compute' }).click()
  await page.getByText(/The request carries another signature/).waitFor()
  const signature = (await page.locator('.code', { hasText: 'Signature' }).last().locator('pre').textContent())!
  assert.ok(
    createVerify('sha256')
      .update((await result(page).textContent())!)
      .verify(publicKey, signature, 'base64'),
  )
  await page.getByLabel('Private key (PKCS #8, PEM)').fill('no key')
  await page.getByRole('button', { name: 'Compute' }).click()
  await page.getByText('This is no key for the scheme').waitFor()
  assert.deepEqual(browser.faults, [])
})

test('an HTTP message by RFC 9421, another scheme than it seems, and what cannot be signed at all', { skip: noBrowser }, async () => {
  await using browser = await openConsole(house)
  const page = await browser.signedIn(admin, '/workbench', { language: 'en' })
  const request = page.getByRole('textbox', { name: 'Request' })
  await request.fill(message)
  const base = '"@method": POST\n"@authority": api.example.com\n"@path": /api/v1/book\n"@query": ?\n"@signature-params": '
  await result(page).filter({ hasText: base }).waitFor()
  await request.fill(message.replace('/api/v1/book', '/openapi/token/generate'))
  await page.getByText('No token is given for this scheme').waitFor()

  await request.fill(curl)
  await page.getByRole('combobox', { name: 'Scheme' }).click()
  await page.getByTitle('openapi', { exact: true }).click()
  await assertTexts(result(page), [right.split('\n')[2]!])

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
