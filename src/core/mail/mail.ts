// A mail to one person, in plain text. It is kept in the database (`mail.store.ts`) until the worker has sent it by a `MailSender`.

/** Mails of our own; each has its words in `text/`. */
export type OurMail = 'app_expiry' | 'callback_gone' | 'callback_failing'
/** What a mail is about; `app` is one that an app had us send (POST /api/email). */
export type MailKind = OurMail | 'app'

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly kind: MailKind
  /** The app and the person that had it sent. */
  readonly appId?: number
  readonly userId?: number
}

/** A mail on its way out. `id` is the same at each try, so that who gets it twice can tell. */
export interface OutgoingMail extends Mail {
  readonly id: number
  readonly time: Date
}

export interface MailSender {
  /** Done when it was taken over. Throws `MailRefused` when no further try would help. `signal` ends it early. */
  send(mail: OutgoingMail, signal: AbortSignal): Promise<void>
}

export class MailRefused extends Error {}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const delaysMs = [minuteMs, 5 * minuteMs, 15 * minuteMs, hourMs, 3 * hourMs, 6 * hourMs, 12 * hourMs, 24 * hourMs]

/** How long to wait after so many tries; undefined: it is given up, two days after the first. */
export function delayAfter(tries: number): number | undefined {
  return delaysMs[tries - 1]
}

/** A line break in it would begin another field of the mail's head; no other control character belongs there either. */
export function isHeadText(text: string): boolean {
  return !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)
}
