// The pages in a real browser: a whole journey without JavaScript; and the pages in both languages and themes, wide and narrow, for everybody
// (WCAG A and AA, as axe sees it). TEST_PICTURES=<folder> keeps a picture of each.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import type { Browser, Page } from 'playwright-core'
import { leave, noBrowser, openBrowser } from '../browser.ts'
import { freePort } from '../free-port.ts'
import { captchaAnswer, type House, openHouse, type TestApp } from '../house.ts'
import { callback, newClient } from '../oauth.ts'

const password = 'a long password'
const narrow = { width: 390, height: 844 }
const wide = { width: 1280, height: 800 }

let house: House
let browser: Browser
let client: TestApp
/** Passkeys want a name. */
let origin = ''
/** The clock stands still but for this: a one-time code is good however long the browser takes with it. */
let nowMs = Date.now()
let made = 0

before(async () => {
  if (noBrowser) return
  const port = String(await freePort())
  origin = `http://localhost:${port}`
  const settings = { KAIMEN_PLATFORM_PORT: port, KAIMEN_PUBLIC_URL: origin }
  house = await openHouse({ settings, now: () => new Date(nowMs) })
  client = await newClient(house, { name: `停车小程序 ${'of-the-northern-districts-'.repeat(2)}`, logo: await newPicture() })
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await house?.close()
})

/** The key of a picture of one blue point. */
async function newPicture(): Promise<string> {
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkSPn/HwAEKgJzr3FbdgAAAABJRU5ErkJggg=='
  const body = new FormData()
  body.append('file', new Blob([Buffer.from(png, 'base64')]), 'logo.png')
  const answer = await fetch(`${origin}/openapi/file`, { method: 'POST', headers: { authorization: `Bearer ${house.admin}` }, body })
  return ((await answer.json()) as { data: { key: string } }).data.key
}

const codeOf = (secret: string) => new TOTP({ secret: Secret.fromBase32(secret.replaceAll(' ', '')) }).generate({ timestamp: nowMs })

test('without JavaScript: register, sign in, set up a second factor, sign in by it, change the password, end a session elsewhere', {
  skip: noBrowser,
}, async () => {
  const open = async () => (await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' })).newPage()
  const [page, elsewhere] = [await open(), await open()]
  const press = (name: string) => leave(page, () => page.getByRole('button', { name, exact: true }).click())
  const follow = (name: string) => leave(page, () => page.getByRole('link', { name }).click())

  await page.goto(`${origin}/login`)
  await follow('Create an account')
  await page.getByLabel('User name').fill('walker')
  await page.getByLabel('Password').fill('short')
  await press('Create an account')
  assert.ok(await page.locator('#password-wrong').isVisible())
  await page.getByLabel('Password').fill(password)
  await press('Create an account')
  assert.match((await page.getByRole('status').textContent())!, /Your account is there/)

  const signIn = async (at: Page, given: string) => {
    await at.getByLabel('User name, phone or mail').fill('walker')
    await at.getByLabel('Password').fill(given)
    await leave(at, () => at.getByRole('button', { name: 'Sign in', exact: true }).click())
  }
  await page.goto(`${origin}/login?return=/account`)
  await signIn(page, password)
  await follow('Set it up')
  await page.getByLabel('Password').fill(password)
  await press('Set it up')
  const secret = (await page.locator('code').textContent())!
  await page.getByLabel('One-time code').fill(codeOf(secret))
  await press('Turn it on')
  const codes = await page.locator('.codes li').allTextContents()
  assert.equal(codes.length, 10)
  const saving = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Save them as a file' }).click()
  assert.deepEqual(readFileSync(await (await saving).path(), 'utf8').split('\r\n'), codes)
  await follow('Go on')
  assert.equal(page.url(), `${origin}/account`)
  await press('Sign out')

  for (const at of [page, elsewhere]) {
    nowMs += 30_000
    await at.goto(`${origin}/login?return=/account`)
    await signIn(at, password)
    await at.getByLabel('One-time code').fill(codeOf(secret))
    await leave(at, () => at.getByRole('button', { name: 'Sign in', exact: true }).click())
    assert.equal(at.url(), `${origin}/account`)
  }

  await page.reload()
  await leave(page, () => page.getByRole('button', { name: /^End: Chrome/ }).click())
  assert.match((await page.getByRole('status').textContent())!, /Signed out there/)
  await elsewhere.reload()
  assert.match(elsewhere.url(), /\/login\?/)

  await page.getByLabel('Present password').fill(password)
  await page.getByLabel('New password').fill('another long password')
  await press('Change the password')
  assert.match((await page.getByRole('status').textContent())!, /The password is changed/)
  for (const one of [page, elsewhere]) await one.context().close()
})

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const runAxe = "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })"
const shots = process.env.TEST_PICTURES
let taken = 0

/** What is wrong with the page in either theme, and at either width. */
async function flawsOf(page: Page, what: string): Promise<string[]> {
  const found: string[] = []
  for (const [colorScheme, size] of [
    ['light', wide],
    ['dark', narrow],
  ] as const) {
    await page.setViewportSize(size)
    await page.emulateMedia({ colorScheme })
    // Not by a tag: no script may be added to the page.
    if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(axe)
    const { violations } = (await page.evaluate(runAxe)) as { violations: { id: string; nodes: { html: string }[] }[] }
    found.push(...violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${what}, ${colorScheme}: ${id}: ${html}`)))
    const overhang = await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    if (overhang > 0) found.push(`${what}, ${size.width} px: ${overhang} px hang over the side`)
    if (shots) {
      mkdirSync(shots, { recursive: true })
      await page.screenshot({
        path: join(shots, `${String(++taken).padStart(2, '0')}-${what.replaceAll(/\W+/g, '-')}-${colorScheme}.png`),
        fullPage: true,
      })
    }
  }
  return found
}

/** A visit to the pages with what was found wrong on the way. */
async function visitorOf(locale: string) {
  const page = await (await browser.newContext({ locale, viewport: wide })).newPage()
  const flaws: string[] = []
  const titles = new Map<string, string>()
  /** A page that is shown `with` something has the title that it has without. */
  const look = async (what: string) => {
    const title = await page.title()
    const other = titles.get(title)
    if (!/. – (Kaimen|开门 Kaimen)$/.test(title)) flaws.push(`${what} is called ${title}`)
    if (!what.includes(' with ') && other !== undefined) flaws.push(`${what} is called as ${other}: ${title}`)
    titles.set(title, what)
    flaws.push(...(await flawsOf(page, `${what} ${locale}`)))
  }
  const go = (path: string) => page.goto(`${origin}${path}`)
  /** A captcha is answered where there is one. */
  const fill = async (fields: Record<string, string>, form = 'main form') => {
    const captcha = (await page.locator('[name=verfiyCode]').count()) > 0 ? { verfiyCode: captchaAnswer } : {}
    for (const [name, value] of Object.entries({ ...captcha, ...fields })) await page.locator(`${form} [name=${name}]`).first().fill(value)
    await leave(page, () => page.locator(`${form} button`).first().click())
  }
  const signIn = async (goTo: string) => {
    await go(`/login?return=${goTo}`)
    await fill({ username, password })
    if ((await page.locator('[name=verfiyCode]').count()) > 0) await fill({ username, password })
  }
  const username = `visitor-${++made}`

  await house.done('POST', '/openapi/user/register', { username, password }, '')
  const done = async () => {
    assert.deepEqual(flaws, [])
    await page.context().close()
  }
  return { page, username, look, go, fill, signIn, done }
}

for (const locale of ['en-GB', 'zh-CN'] as const) {
  test(`the pages before one is signed in are for everybody, in both themes, wide and narrow: ${locale}`, { skip: noBrowser }, async () => {
    const { page, look, go, fill, done } = await visitorOf(locale)
    await go('/login')
    await look('login')
    for (let failed = 0; failed < 4; failed++) await fill({ username: `nobody-${locale}`, password: 'wrong password' })
    await page.locator('[name=password]:focus').waitFor()
    await look('login with a captcha')
    await fill({ username: `nobody-${locale}`, password: 'wrong password', verfiyCode: 'XXXXX' })
    await page.locator('[name=verfiyCode]:focus').waitFor()
    await look('login with a wrong captcha')
    await go('/login/passkey')
    await look('login by passkey')
    await go('/register')
    await fill({ username: '-', password: 'short' })
    await look('register with errors')
    await go('/forgot')
    await look('forgot')
    await fill({ phoneNumber: locale === 'en-GB' ? '13600000001' : '13600000002' })
    await fill({ smsCode: '000000', newPassword: password })
    await look('forgot with a wrong code')
    await go('/oauth/authorize?client_id=nobodysclient000&response_type=code')
    await look('an app that is unknown')
    await done()
  })

  test(`the pages of one’s own are for everybody, in both themes, wide and narrow: ${locale}`, { skip: noBrowser }, async () => {
    const { page, username, look, go, fill, signIn, done } = await visitorOf(locale)
    await signIn('/account/second-factor')
    await look('second factor')
    await fill({ password: 'wrong password' })
    await look('second factor with a wrong password')
    await fill({ password })
    const secret = (await page.locator('code').textContent())!
    await look('second factor to scan')
    await fill({ otp: codeOf(secret) })
    await look('recovery codes')
    await go('/account/second-factor')
    await look('second factor to remove')

    await addRows(username)
    await go('/account/passkeys')
    await look('passkeys')
    await fill({ name: 'Ann’s phone', password }, 'form[action="/account/passkeys"]')
    await look('a new passkey')

    const asked = { client_id: client.appId, redirect_uri: callback, response_type: 'code', scope: 'openid profile email phone' }
    await go(`/oauth/authorize?${new URLSearchParams(asked)}`)
    await page.waitForURL(/interaction/)
    await page.locator('[name=decision]').first().waitFor()
    await look('consent')
    assert.equal(await page.locator('.logo').evaluate((logo) => (logo as { naturalWidth?: number }).naturalWidth), 1)
    await go('/oauth/end-session')
    await look('signing out')
    await go('/account?done=profile')
    await look('account')
    // A browser alone does not refuse this one.
    await fill({ email: 'no@address' }, 'form[action="/account/profile"]')
    await page.locator('#email-wrong').waitFor()
    await look('account with errors')

    const [appearance, light] = locale === 'en-GB' ? ['Appearance', 'Light'] : ['外观', '浅色']
    await page.emulateMedia({ colorScheme: 'light' })
    await leave(page, () => page.locator('footer a').last().click())
    assert.equal(await page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor"), 'rgb(20, 24, 29)')
    await page.getByRole('link', { name: locale === 'en-GB' ? 'To the console' : '进入控制台' }).click()
    await page.getByRole('button', { name: appearance }).click()
    await page.locator('html[style*="color-scheme: dark"]').waitFor()
    await page.getByRole('menuitem', { name: light }).click()
    await page.locator('html[style*="color-scheme: light"]').waitFor()
    await page.emulateMedia({ colorScheme: 'dark' })
    await go('/account')
    assert.equal(await page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor"), 'rgb(255, 255, 255)')
    await leave(page, () => page.locator('footer a').first().click())
    assert.equal(await page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor"), 'rgb(20, 24, 29)')

    await page.context().clearCookies({ name: 'kaimen' })
    nowMs += 30_000
    await signIn('/account')
    await fill({ otp: '000000' })
    await look('login by code with a wrong code')
    await done()
  })
}

/** Something in each list: a passkey, a session elsewhere, an app that was let in; with names as long as they may be. */
async function addRows(username: string): Promise<void> {
  const of = `from "user" where username = $1`
  await house.query(`insert into passkey select 'key-of-' || username, id, repeat('My phone ', 7), '', 0, now(), null ${of}`, [username])
  await house.query(
    `insert into session select gen_random_uuid(), id, now(), now(), now() + interval '1 day', '2001:db8:1234:5678:9abc:def0:1234:5678',
       'Mozilla/5.0 (Windows NT 10.0) Firefox/140.0', 'password+otp' ${of}`,
    [username],
  )
  await house.query(`insert into consent select id, $2, '{openid,profile}', now(), now() ${of}`, [username, client.id])
}
