// What the Node processes of a run have in common, seen from inside. Who is asked to stop while it starts finishes starting first,
// so that nothing which it started is left behind.

type Close = () => Promise<unknown>

let close: Close | undefined
let isAsked = false
let isEnding = false

// A Ctrl-C reaches us from the terminal as well as from the parent; `disconnect` is a parent that was killed.
for (const event of ['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect'] as const) {
  process.on(event, () => {
    isAsked = true
    end()
  })
}

/** Tells the parent that we listen, and where; then runs until somebody asks us to stop. */
export function tellReady(facts: { url: string; [fact: string]: string }, toClose: Close): void {
  close = toClose
  if (isAsked) end()
  else process.send!(facts)
}

function end(): void {
  if (isEnding || close === undefined) return
  isEnding = true
  close().finally(() => process.exit())
}
