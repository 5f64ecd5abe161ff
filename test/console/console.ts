// The console in a real browser, and what every page of it has to be there: nothing refused by its Content-Security-Policy, nothing asked of
// another host, no error on the browser's console, and no violation of WCAG level A or AA that axe finds.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { openBrowser } from '../browser.ts'
import { until } from '../kaimen-process.ts'
import { openPerson } from '../person.ts'

export type { Page } from 'playwright-core'

export const laptop = { width: 1280, height: 800 }
export const phone = { width: 390, height: 844 }

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Look {
  readonly language?: 'zh-CN' | 'en'
  readonly theme?: 'light' | 'dark'
  readonly viewport?: { readonly width: number; readonly height: number }
  readonly options?: BrowserContextOptions
}

/** One for all tests of a file; it starts in a second and takes 200 MB. */
let browser: Promise<Browser> | undefined
export const closeBrowser = async (): Promise<void> => (await browser)?.close()
after(closeBrowser)

export async function openConsole(house: { readonly platformUrl: string }) {
  browser ??= openBrowser()
  const chromium = await browser
  const contexts: BrowserContext[] = []
  /** What a page did that none may do, in words. */
  const faults: string[] = []

  /** A window of a person whom nobody knows yet. */
  async function open({ language = 'zh-CN', theme = 'light', viewport = laptop, options = {} }: Look = {}): Promise<Page> {
    const context = await chromium.newContext({
      baseURL: house.platformUrl,
      viewport,
      locale: language,
      colorScheme: theme,
      reducedMotion: 'reduce',
      ...options,
    })
    contexts.push(context)
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`))
    page.on('console', (message) => {
      // A refusal that a test asks for is in the console as well.
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) faults.push(`${page.url()}: ${message.text()}`)
    })
    page.on('request', (request) => {
      const isOurs = request.url().startsWith(house.platformUrl) || /^(data|blob|about):/.test(request.url())
      if (!isOurs) faults.push(`${page.url()} asked ${request.url()}`)
    })
    return page
  }

  return {
    open,
    faults,
    /** The same at `path`, of a person who signed in before: by the form, as the login page sends it. */
    async signedIn(
      { username, password }: { readonly username: string; readonly password: string },
      path = '/',
      look: Look = {},
    ): Promise<Page> {
      const person = openPerson(house)
      const answer = await person.signIn(username, password)
      assert.equal(answer.status, 303, answer.text)
      const page = await open(look)
      await page.context().addCookies([...person.cookies].map(([name, value]) => ({ name, value, url: house.platformUrl })))
      await page.goto(path)
      return page
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.all(contexts.map((context) => context.close()))
    },
  }
}

/** Goes to another address as a link of the console does; loading all of it anew takes five times as long. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.evaluate(async (path) => {
    interface Router {
      readonly state: { readonly location: { readonly href: string }; readonly resolvedLocation?: { readonly href: string } }
      navigate(to: { readonly href: string }): Promise<void>
    }
    interface Window {
      readonly __TSR_ROUTER__: Router
      readonly location: { readonly pathname: string }
      readonly document: { querySelector(selector: string): { setAttribute(name: string, value: string): void } | null }
    }
    const { __TSR_ROUTER__: router, location, document } = globalThis as unknown as Window
    // For `whole` to know that it is not the next one's.
    if (path.split('?')[0] !== location.pathname) document.querySelector('h1')?.setAttribute('data-left', '')
    await router.navigate({ href: path })
    // The place that is shown follows the place that was asked for.
    while (router.state.resolvedLocation?.href !== router.state.location.href) await new Promise((resolve) => setTimeout(resolve, 10))
  }, path)
}

/** Waits, for a minute at most, until a page stands there whole: with its name, and nothing that it still waits for. */
export async function whole(page: Page): Promise<void> {
  const isWhole = await page.evaluate(async () => {
    const { document } = globalThis as unknown as { document: { querySelector(selector: string): unknown } }
    for (let waited = 0; waited < 60_000; waited += 20) {
      const waits = document.querySelector('.ant-spin-spinning, .ant-skeleton, [aria-busy=true]')
      if (document.querySelector('h1:not([data-left])') && !waits) return true
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return false
  })
  assert.ok(isWhole, `${page.url()} has no name, or waits`)
}

/** Does something that is answered by a note, which goes away after three seconds: it is looked for from before. */
export async function noted(page: Page, words: string | RegExp, act: () => Promise<unknown>): Promise<void> {
  await Promise.all([page.getByText(words).waitFor(), act()])
}

/** Waits until what is found has these texts, in this order. */
export async function assertTexts(found: Locator, texts: readonly string[]): Promise<void> {
  let last: readonly string[] = []
  const isSo = async () => {
    last = await found.allTextContents()
    return isDeepStrictEqual(last, texts)
  }
  await until(isSo, 30_000, () => `${JSON.stringify(last)} stands there, not ${JSON.stringify(texts)}`)
}

/** Where the parts of a page are, the one that is shown first; of a page without parts it is the page. */
export async function partsOf(page: Page): Promise<string[]> {
  const parts = await page.locator('.sections a').evaluateAll((links) => links.map((link) => link.getAttribute('href')))
  return parts.length > 0 ? (parts as string[]) : [page.url()]
}

const levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** Asserts that axe finds nothing of level A or AA on what is shown, by all its rules or by these. */
export async function assertAccessible(page: Page, rules: readonly string[] = levels): Promise<void> {
  // A colour that is on its way from one to another is neither, nor is a button ready whose answer has not come.
  await page.locator('.ant-btn-loading').first().waitFor({ state: 'detached' })
  await page.evaluate(`(async () => {
    const endsSoon = ({ effect }) => effect?.getComputedTiming().endTime < 10_000
    await Promise.allSettled(document.getAnimations().filter(endsSoon).map(({ finished }) => finished))
  })()`)
  // By the debugger's protocol and not by a script element, which the policy of the page refuses.
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(axe)
  const found = await page.evaluate(
    async (runOnly) => {
      const { axe } = globalThis as unknown as { axe: { run(how: unknown): Promise<{ violations: Violation[] }> } }
      interface Violation {
        readonly id: string
        readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string; readonly html: string }[]
      }
      const { violations } = await axe.run({ runOnly })
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)}\n  ${failureSummary}`),
      )
    },
    [...rules],
  )
  assert.deepEqual(found, [], `${page.url()}\n${found.join('\n')}`)
}

/** Asserts that the page as a whole does not scroll sideways, once it has settled into its window; else says what reaches out of it. */
export async function assertFits(page: Page): Promise<void> {
  const size = page.viewportSize()!
  const { width } = size
  const reachesOut = () =>
    page.evaluate(`(() => {
      if (innerWidth !== ${width}) return ['the window as it was before']
      if (document.documentElement.scrollWidth <= innerWidth) return []
      const scrolls = (one) => one !== null && (/auto|scroll|hidden/.test(getComputedStyle(one).overflowX) || scrolls(one.parentElement))
      const out = [...document.body.querySelectorAll('*')]
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !scrolls(one.parentElement))
        .map((one) => one.outerHTML.slice(0, 160))
      return out.length > 0 ? out : ['something that is not shown']
    })()`) as Promise<string[]>
  let wide: string[] = []
  const fits = async () => {
    wide = await reachesOut()
    return wide.length === 0
  }
  const message = () => `${page.url()} is wider than its window: ${wide.join('\n')}`
  // Chromium was seen, once in some hundred turns of a window, not to tell the page that it is narrow now.
  for (let turns = 0; turns < 2; turns++) {
    try {
      return await until(fits, 10_000, message)
    } catch {
      await page.setViewportSize({ width: width + 500, height: size.height })
      await page.setViewportSize(size)
    }
  }
  await until(fits, 10_000, message)
}

/** With TEST_PICTURES set to a folder, leaves a picture of the page there. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.TEST_PICTURES
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}
