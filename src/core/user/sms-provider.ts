// How a code reaches a phone. `file` is for tests and for whoever forwards the lines by a program of their own.

import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

export interface Sms {
  /** Of its row. */
  readonly id: number
  readonly to: string
  readonly code: string
  readonly scene: string
  readonly time: Date
}

export interface SmsProvider {
  /** Done when it was taken over. Throws what was wrong, without the code. */
  send(sms: Sms): Promise<void>
}

export interface SmsOutbox {
  /** Takes it over, and does not wait until it has arrived: the time would tell who asks whether anybody has this phone. */
  send(sms: Sms): void
}

/** `note` hears what became of each. */
export function openSmsOutbox(provider: SmsProvider, note: (sms: Sms, problem: string | null) => void): SmsOutbox {
  return {
    send(sms) {
      provider.send(sms).then(
        () => note(sms, null),
        (error: unknown) => note(sms, error instanceof Error ? error.message : String(error)),
      )
    },
  }
}

/** Appends a line for each to `outbox/sms.jsonl`, which only we may read. */
export function createFileSms(dataDir: string): SmsProvider {
  const folder = join(dataDir, 'outbox')
  return {
    async send({ to, code, scene, time }) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      appendFileSync(join(folder, 'sms.jsonl'), `${JSON.stringify({ to, code, scene, time: time.toISOString() })}\n`, { mode: 0o600 })
    },
  }
}
