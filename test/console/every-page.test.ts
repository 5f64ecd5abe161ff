// Every page with something on it, as an operator and as a developer see it, in both languages, themes and sizes: all of it can be read and
// reached, and nothing reaches out of its window. TEST_PICTURES leaves a picture of each, to be looked at.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { noBrowser } from '../browser.ts'
import { assertAccessible, assertFits, laptop, openConsole, type Page, partsOf, phone, picture, visit, whole } from './console.ts'
import { developer, type Furnished, openFurnished, operator } from './furnished.ts'
import { pages, type Page as Row } from './pages.ts'

let place: Furnished
before(async () => {
  if (!noBrowser) place = await openFurnished()
})
after(() => place?.house.close())

const forOperators = (page: Row) => !page.path.startsWith('/my/')
/** The others are the operators’ too, with less on them. */
const forDevelopers = ({ path }: Row) => path === '/' || path.startsWith('/my/')

for (const [who, person, isTheirs, language, theme] of [
  ['an operator', operator, forOperators, 'zh-CN', 'light'],
  ['an operator', operator, forOperators, 'en', 'dark'],
  ['a developer', developer, forDevelopers, 'zh-CN', 'light'],
  ['a developer', developer, forDevelopers, 'en', 'dark'],
] as const) {
  test(`every page of ${who}: ${language}, ${theme}`, { skip: noBrowser }, async () => {
    await using browser = await openConsole(place.house)
    const page = await browser.signedIn(person, '/', { language, theme })
    for (const { path } of pages.filter(isTheirs)) {
      const picturedAs = `${who.split(' ')[1]}-${language}${path.replaceAll(/[^a-z0-9]+/gi, '-')}`
      await visit(page, place.addressOf(path))
      await look(page, picturedAs, theme)
      for (const [at, part] of (await partsOf(page)).entries()) {
        if (at === 0) continue
        await visit(page, part)
        await look(page, `${picturedAs}-${at}`, theme)
      }
    }
    assert.deepEqual(browser.faults, [])
  })
}

/** What is there is the same in both themes and languages; its colours are those of the theme, and English words are the longer ones. */
async function look(page: Page, picturedAs: string, theme: 'light' | 'dark'): Promise<void> {
  await whole(page)
  assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, `${page.url()} has one name`)
  await picture(page, picturedAs)
  if (theme === 'light') return assertAccessible(page)
  await assertAccessible(page, ['color-contrast'])
  await page.setViewportSize(phone)
  await assertFits(page)
  await picture(page, `${picturedAs}-phone`)
  await page.setViewportSize(laptop)
}
