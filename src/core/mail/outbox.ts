// Mail to people: one line of JSON each in `outbox/mail.jsonl` of the data dir, which only we may read; who sends them takes them there.

import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'

/** What a mail is about; each has its words in `text/`. */
export type MailKind = 'app_expiry' | 'callback_gone' | 'callback_failing'

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly time: Date
  readonly kind: MailKind
}

export async function putIntoOutbox(dataDir: string, mails: readonly Mail[]): Promise<void> {
  const folder = join(dataDir, 'outbox')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const lines = mails.map(
    ({ to, subject, text, time, kind }) => `${JSON.stringify({ to, subject, text, time: time.toISOString(), kind })}\n`,
  )
  await appendFile(join(folder, 'mail.jsonl'), lines.join(''), { mode: 0o600 })
}
