// A real browser for a test: `await using browser = await openBrowser()`. Where there is none the test says so and is skipped:
// `test('…', { skip: noBrowser }, …)`.

import { type Browser, chromium, type Page } from 'playwright-core'
import { findChromium } from './chromium.ts'

/** false: there is one. */
export const noBrowser: string | false = findChromium() === undefined ? 'no Chromium (test/chromium.ts says how to get one)' : false

export function openBrowser(): Promise<Browser> {
  // Its sandbox wants a user that is not root.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ executablePath: findChromium()!, args: [...args, '--disable-dev-shm-usage', '--disable-gpu'] })
}

/** Does what leads to another document (a link is clicked, a form submitted), and waits until that one is there: a click alone may come back before. */
export async function leave(page: Page, act: () => Promise<unknown>): Promise<void> {
  await Promise.all([page.waitForEvent('load'), act()])
}
