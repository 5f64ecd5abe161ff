// What a part (platform, gateway) does to live under the supervisor, or alone with --role: it says when it is ready, and drains and
// ends when told to, or when the supervisor is gone.

import { StartError } from '#lib/start-error.ts'

export type PartMessage = { ready: true; url?: string } | { failed: { zh: string; en: string } }

export type RunningPart = { url: string; stop(): Promise<void> }

// A second less than the supervisor waits before it kills.
const drainMsMax = 9_000

export async function runAsPart({ start }: { start(): Promise<RunningPart> }): Promise<void> {
  const starting = start()
  const drain = drainOnce(starting)
  process.on('SIGTERM', drain)
  process.on('SIGINT', drain)
  // The second Ctrl-C of somebody who does not want to wait. A second SIGTERM is no such wish: systemd sends one of its own.
  process.once('SIGINT', () => process.once('SIGINT', () => process.exit(1)))
  process.on('disconnect', drain)
  // The supervisor may have been killed while our modules were loading.
  if (process.send !== undefined && !process.connected) drain()
  try {
    const part = await starting
    tell({ ready: true, url: part.url })
  } catch (error) {
    fail(error)
  }
}

// A start that is under way is called off at once: what it has done by then would survive a kill as well, and whoever stops us may
// be waiting to read why the other part could not start.
function drainOnce(starting: Promise<RunningPart>): () => void {
  let running: RunningPart | undefined
  starting.then(
    (part) => {
      running = part
    },
    () => {},
  )
  let isDraining = false
  return () => {
    if (isDraining) return
    isDraining = true
    if (running === undefined) process.exit(0)
    setTimeout(() => process.exit(1), drainMsMax).unref()
    running.stop().then(
      () => process.exit(0),
      (error) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
}

function fail(error: unknown): void {
  const isForPeople = error instanceof StartError
  console.error(isForPeople ? error.message : error)
  const { zh, en } = isForPeople ? error : { zh: String(error), en: String(error) }
  // The message must be out before we end, or the supervisor would think that we crashed.
  if (tell({ failed: { zh, en } }, () => process.exit(1))) return
  process.exit(1)
}

/** False when nobody listens: we run alone, or the supervisor is gone. */
function tell(message: PartMessage, sent: () => void = () => {}): boolean {
  if (process.send === undefined || !process.connected) return false
  process.send(message, undefined, undefined, sent)
  return true
}
