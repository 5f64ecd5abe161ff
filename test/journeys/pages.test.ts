// The pages in a real browser: without JavaScript, in both languages and themes, and for everybody (WCAG A and AA, as axe sees it).

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { noBrowser, openBrowser } from '../browser.ts'
import { adminPassword, captchaAnswer, type House, openHouse } from '../house.ts'

let house: House
let browser: Browser

before(async () => {
  if (noBrowser) return
  house = await openHouse()
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await house?.close()
})

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds wrong on the page, in either theme. */
async function violationsOf(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    // Not by a tag: no script may be added to the page.
    await page.evaluate(axe)
    const run = "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })"
    const { violations } = (await page.evaluate(run)) as { violations: { id: string; nodes: { html: string }[] }[] }
    found.push(...violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${colorScheme} ${id}: ${html}`)))
  }
  return found
}

test('signing in and out works without JavaScript', { skip: noBrowser }, async () => {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' })
  const page = await context.newPage()
  await page.goto(`${house.platformUrl}/login?return=/healthz`)
  for (let failed = 0; failed < 4; failed++) {
    await page.getByLabel('User name, phone or mail').fill('admin')
    await page.getByLabel('Password').fill('wrong password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    assert.ok(await page.getByRole('alert').isVisible())
  }
  await page.getByLabel('Password').fill(adminPassword)
  await page.getByLabel('Characters in the picture').fill(captchaAnswer)
  await page.getByRole('button', { name: 'Sign in' }).click()
  assert.equal(page.url(), `${house.platformUrl}/healthz`)
  await page.goto(`${house.platformUrl}/login`)
  assert.match((await page.textContent('main'))!, /You are signed in as admin/)
  await context.close()
})

test('axe finds nothing wrong with signing in, and what is wrong in a form has the focus', { skip: noBrowser }, async () => {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  await page.goto(`${house.platformUrl}/login`)
  const send = async (captcha: string) => {
    await page.locator('[name=username]').fill('nobody')
    await page.locator('[name=password]').fill('wrong password')
    if ((await page.locator('[name=verfiyCode]').count()) > 0) await page.locator('[name=verfiyCode]').fill(captcha)
    await page.locator('form button').click()
  }
  for (let failed = 0; failed < 4; failed++) await send(captchaAnswer)
  assert.equal(await page.evaluate('document.activeElement.name'), 'password')
  await send('XXXXX')
  assert.equal(await page.evaluate('document.activeElement.name'), 'verfiyCode')
  assert.deepEqual(await violationsOf(page), [])
  await context.close()
})
