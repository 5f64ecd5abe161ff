// Who takes mails over: a server by SMTP, or a file for tests and for whoever sends its lines by a program of their own.

import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Transporter } from 'nodemailer'
import { MailRefused, type MailSender } from './mail.ts'

/** Appends a line for each to `outbox/mail.jsonl`, which only we may read. */
export function createFileMail(dataDir: string): MailSender {
  const folder = join(dataDir, 'outbox')
  return {
    async send({ to, subject, text, time, kind }) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const line = `${JSON.stringify({ to, subject, text, time: time.toISOString(), kind })}\n`
      await appendFile(join(folder, 'mail.jsonl'), line, { mode: 0o600 })
    },
  }
}

/** For one mail as a whole; a server that says a word now and then is never silent. */
const sendMsMax = 60_000
const waits = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000, dnsTimeout: 10_000 }

/** By the server of the URL: `smtps://user:password@mail.example`, or `smtp://…`, which changes to TLS where the server offers it. */
export function createSmtpMail(url: string, from: string): MailSender {
  const host = from.replace(/^.*@|>.*$/g, '')
  let transport: Promise<Transporter> | undefined
  // Loaded with the first mail: most of the time there is none.
  async function load(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer')
    return createTransport({ url, ...waits, disableFileAccess: true, disableUrlAccess: true })
  }
  return {
    async send({ id, to, subject, text, time }, signal) {
      transport ??= load()
      const message = {
        from,
        to: { name: '', address: to },
        subject,
        text,
        date: time,
        messageId: `<kaimen.${id}.${time.getTime()}@${host}>`,
      }
      const ends = AbortSignal.any([signal, AbortSignal.timeout(sendMsMax)])
      const ended = new Promise<never>((_, reject) => ends.addEventListener('abort', () => reject(new Error('it took too long'))))
      try {
        await Promise.race([transport.then((open) => open.sendMail(message)), ended])
      } catch (error) {
        throw isFinal(error) ? new MailRefused((error as Error).message, { cause: error }) : error
      }
    },
  }
}

/** A lasting refusal (5xx) of this recipient or message; one of our credentials is for the operator to mend, and then the mail goes. */
function isFinal(error: unknown): boolean {
  const { code, responseCode = 0 } = error as { code?: string; responseCode?: number }
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode >= 500
}
