// What something costs a person: each click and each field filled counts one.

import type { Locator } from 'playwright-core'

export function openCount() {
  let count = 0
  return {
    /** Only what is seen and in nobody's way can be clicked. */
    async click(on: Locator): Promise<void> {
      count += 1
      await on.click()
    },
    async fill(field: Locator, text: string): Promise<void> {
      count += 1
      await field.fill(text)
    },
    effort: () => count,
  }
}
