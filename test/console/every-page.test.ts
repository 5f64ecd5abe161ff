// Every page with something on it, as an operator and as a developer see it, in both languages, themes and sizes: all of it can be read and
// reached, and nothing reaches out of its window. TEST_PICTURES leaves a picture of each, to be looked at.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { assertAccessible, assertFits, laptop, openConsole, phone, picture } from './console.ts'
import { developer, type Furnished, openFurnished, operator } from './furnished.ts'
import { type Page, pages } from './pages.ts'

let place: Furnished
before(async () => {
  if (!noBrowser) place = await openFurnished()
})
after(() => place?.house.close())

const forOperators = (page: Page) => !page.path.startsWith('/my/')
const forDevelopers = ({ who }: Page) => who === 'signedIn' || 'own' in who

for (const [name, person, isTheirs] of [
  ['an operator', operator, forOperators],
  ['a developer', developer, forDevelopers],
] as const) {
  for (const [language, theme] of [
    ['zh-CN', 'light'],
    ['en', 'dark'],
  ] as const) {
    test(`every page of ${name} is readable and fits: ${language}, ${theme}`, { skip: noBrowser }, async () => {
      await using browser = await openConsole(place.house)
      const page = await browser.signedIn(person, '/', { language, theme })
      for (const { path } of pages.filter(isTheirs)) {
        for (const view of viewsOf(path)) {
          const picturedAs = `${name.split(' ')[1]}-${language}${view.replaceAll(/[^a-z0-9=-]+/gi, '-')}`
          await page.setViewportSize(laptop)
          await page.goto(view)
          await page.getByRole('heading', { level: 1 }).first().waitFor()
          await page.locator('.ant-spin-spinning, .ant-skeleton').first().waitFor({ state: 'detached' })
          await assertAccessible(page)
          await picture(page, picturedAs)
          await page.setViewportSize(phone)
          await assertFits(page)
          await picture(page, `${picturedAs}-phone`)
        }
      }
      assert.deepEqual(browser.faults, [])
    })
  }
}

/** The addresses that show all of a page: of one thing with an id, of each of its sections. */
function viewsOf(path: string): string[] {
  const { app, parking, eventId, requestId } = place
  const ids: Readonly<Record<string, number>> = { apps: app.id, my: app.id, interfaces: parking.id, docs: parking.id, events: eventId }
  const sections: Readonly<Record<string, readonly string[]>> = {
    '/apps/$id': ['?tab=interfaces', '?tab=projects', '?tab=credentials'],
    '/my/apps/$id': ['?tab=keys', '?tab=interfaces', '?tab=calls'],
    '/interfaces/$id': ['?tab=document', '?tab=versions'],
    '/docs/$id': ['?tab=samples', '?tab=try'],
    '/explain': [`?requestId=${requestId}`],
  }
  const address = path.replace('$id', String(ids[path.split('/')[1]!]))
  return ['', ...(sections[path] ?? [])].map((section) => address + section)
}
