// How a code reaches a phone. `file` is for tests and for whoever forwards the lines by a program of their own.

import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'

export interface Sms {
  readonly to: string
  readonly code: string
  readonly scene: string
  readonly time: Date
}

export interface SmsProvider {
  send(sms: Sms): Promise<void>
}

/** Appends a line for each to `outbox/sms.jsonl`, which only we may read. */
export function createFileSms(dataDir: string): SmsProvider {
  const folder = join(dataDir, 'outbox')
  return {
    async send({ to, code, scene, time }) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const line = `${JSON.stringify({ to, code, scene, time: time.toISOString() })}\n`
      await appendFile(join(folder, 'sms.jsonl'), line, { mode: 0o600 })
    },
  }
}
