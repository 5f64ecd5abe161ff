// Turning the page of a long list costs one request and one page of rows, however many there are.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { adminPassword, openHouse } from '../house.ts'
import { openConsole } from './console.ts'

test('a page of 10,000 users is turned by one request, and only its rows are in the document', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  await house.query(
    `insert into "user" (username, password_hash, created_at, updated_at)
     select 'user-' || at, '', now(), now() from generate_series(1, 10000) at`,
  )
  await using browser = await openConsole(house)
  const page = await browser.signedIn({ username: 'admin', password: adminPassword }, '/users')
  const rows = page.locator('tbody tr').filter({ has: page.locator('time') })
  await page.getByRole('cell', { name: 'user-10000', exact: true }).waitFor()
  // Nothing that the page asked for at first comes later.
  await page.waitForLoadState('networkidle')
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/openapi/')) asked.push(new URL(request.url()).pathname)
  })
  for (const first of ['user-9980', 'user-9960']) {
    asked.length = 0
    await page.locator('.ant-pagination-next button').click()
    await page.getByRole('cell', { name: first, exact: true }).waitFor()
    assert.deepEqual(asked, ['/openapi/user/page'])
    assert.equal(await rows.count(), 20)
  }
  assert.deepEqual(browser.faults, [])
})
