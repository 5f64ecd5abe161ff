// A look now and then, one at a time: a failure is logged, and the next look tries again.

import type { Logger } from 'pino'

/** `stop` tells the look that is under way by its signal, and waits for it. */
export function startLooks(
  { everyMs, log, onFailure }: { readonly everyMs: number; readonly log: Logger; readonly onFailure: string },
  look: (signal: AbortSignal) => Promise<void>,
): { stop(): Promise<void> } {
  const ending = new AbortController()
  let running: Promise<void> | undefined
  const timer = setInterval(() => {
    running ??= look(ending.signal)
      .catch((error: unknown) => {
        // We end, which says nothing.
        if (!ending.signal.aborted) log.warn({ err: error }, onFailure)
      })
      .finally(() => {
        running = undefined
      })
  }, everyMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      ending.abort()
      await running
    },
  }
}
