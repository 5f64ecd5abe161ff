// The console without a mouse: everything is reached by Tab, in the order in which it is read, and one always sees where one is.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator } from 'playwright-core'
import { noBrowser } from '../browser.ts'
import { adminPassword, openHouse } from '../house.ts'
import { until } from '../kaimen-process.ts'
import { openConsole, type Page } from './console.ts'

/** More than any page has before what is looked for. */
const tabsMax = 60

test('an operator registers, changes and deletes a service by the keyboard alone', { skip: noBrowser }, async () => {
  await using house = await openHouse()
  await using browser = await openConsole(house)
  const page = await browser.signedIn({ username: 'admin', password: adminPassword }, '/services', { language: 'en' })
  await page.getByText('No services yet').waitFor()

  await page.keyboard.press('Tab')
  await focused(page, 'Skip to the content')
  await page.keyboard.press('Enter')
  await tabTo(page, 'New service')
  await page.keyboard.press('Enter')
  const form = page.getByRole('dialog')
  await entered(form)
  await tabTo(page, 'Name')
  await page.keyboard.type('Parking')
  await tabTo(page, 'Address of target 1')
  await page.keyboard.type(house.serviceUrl)
  await tabTo(page, 'Save')
  await page.keyboard.press('Enter')
  await form.waitFor({ state: 'detached' })

  await page.getByRole('row', { name: /Parking/ }).waitFor()
  await tabTo(page, 'More actions')
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Delete' }).waitFor()
  await focused(page, 'Edit')
  await page.keyboard.press('ArrowDown')
  await focused(page, 'Delete')
  await page.keyboard.press('Enter')
  const asked = page.getByRole('dialog', { name: 'Delete the service Parking?' })
  await asked.waitFor()
  await focused(page, 'Cancel')
  await page.keyboard.press('Escape')
  await asked.waitFor({ state: 'detached' })
  assert.equal((await house.done('GET', '/openapi/service/page')).total, 1)
  await focused(page, 'More actions')

  await page.keyboard.press('Enter')
  // The menu is where it was left.
  await focused(page, 'Delete')
  await page.keyboard.press('Enter')
  await asked.waitFor()
  await focused(page, 'Cancel')
  await tabTo(page, 'Delete')
  await page.keyboard.press('Enter')
  await page.getByText('No services yet').waitFor()
  assert.equal((await house.done('GET', '/openapi/service/page')).total, 0)
  assert.deepEqual(browser.faults, [])
})

/** What has the focus, as a screen reader calls it, and whether one sees that it has. */
const focus = `(() => {
  const one = document.activeElement
  const label = one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent ?? ''
  const { outlineStyle, boxShadow } = getComputedStyle(one)
  const framed = one.closest('.ant-input-affix-wrapper, .ant-select, .ant-input-number')
  const isSeen = outlineStyle !== 'none' || boxShadow !== 'none' || (framed !== null && getComputedStyle(framed).boxShadow !== 'none')
  return { label: label.trim(), isSeen }
})()`

const focusOf = async (page: Page) => (await page.evaluate(focus)) as { readonly label: string; readonly isSeen: boolean }

async function focused(page: Page, label: string): Promise<void> {
  let last = ''
  await until(
    async () => {
      last = (await focusOf(page)).label
      return last === label
    },
    15_000,
    () => `“${last}” has the focus, not “${label}”`,
  )
}

/** A dialog takes the focus some time after it is seen; before, keys go elsewhere. */
async function entered(dialog: Locator): Promise<void> {
  await dialog.waitFor()
  const hasFocus = () =>
    dialog.evaluate((one) => {
      const { activeElement: at, body } = one.ownerDocument
      // It, something within it, or what is around both it and its shade.
      return one.contains(at) || (at !== body && at.contains(one))
    }) as Promise<boolean>
  await until(hasFocus, 15_000, () => 'the dialog does not take the focus')
}

async function tabTo(page: Page, label: string): Promise<void> {
  const passed = []
  for (let tabs = 0; tabs < tabsMax; tabs++) {
    const at = await focusOf(page)
    if (at.label === label) {
      assert.ok(at.isSeen, `nothing shows that “${label}” has the focus`)
      return
    }
    passed.push(at.label)
    await page.keyboard.press('Tab')
  }
  assert.fail(`“${label}” is not reached by Tab, but: ${passed.join(', ')}`)
}
