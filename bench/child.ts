// What the Node processes of a run have in common, seen from inside.

/** Tells the parent that we listen, and where; then runs until it asks us to stop or is gone itself. */
export function tellReady(facts: { url: string; [fact: string]: string }, close: () => Promise<unknown>): void {
  let isEnding = false
  const end = () => {
    if (isEnding) return
    isEnding = true
    close().finally(() => process.exit())
  }
  for (const event of ['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect'] as const) process.on(event, end)
  process.send!(facts)
}
