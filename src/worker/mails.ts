// Sends the mails that wait: a look every two seconds, a few at once, each by one platform only.

import type { Logger } from 'pino'
import { claimMails, type MailRow, noteSent, noteUnsent } from '#core/mail/mail.store.ts'
import { delayAfter, MailRefused, type MailSender } from '#core/mail/mail.ts'
import type { Db } from '#db/open.ts'
import { startLooks } from './looks.ts'

const everyMs = 2_000
const atOnceMax = 5
/** Longer than any try lasts. */
const leaseMs = 5 * 60_000

export interface MailsDeps {
  readonly db: Db
  readonly mail: MailSender
  readonly log: Logger
  now(): Date
}

export function startMails(deps: MailsDeps): { stop(): Promise<void> } {
  return startLooks({ everyMs, log: deps.log, onFailure: 'mails could not be looked at; it is tried again' }, (signal) =>
    sendDue(deps, signal),
  )
}

export async function sendDue(deps: MailsDeps, signal: AbortSignal): Promise<void> {
  const claimed = await claimMails(deps.db, atOnceMax, leaseMs, deps.now())
  await Promise.all(claimed.map((mail) => sendOne(mail, deps, signal)))
}

async function sendOne(claimed: MailRow, { db, mail, log, now }: MailsDeps, signal: AbortSignal): Promise<void> {
  const { id, to, subject, text, kind, createdAt, tries } = claimed
  try {
    await mail.send({ id, to, subject, text: text ?? '', kind, time: createdAt }, signal)
  } catch (error) {
    // We end, which says nothing about the mail.
    const delayMs = signal.aborted ? 0 : error instanceof MailRefused ? undefined : delayAfter(tries)
    const problem = error instanceof Error ? error.message : String(error)
    log.warn({ mail: id, tries, problem }, delayMs === undefined ? 'a mail is given up' : 'a mail could not be sent; it is tried again')
    await noteUnsent(db, claimed, problem, delayMs === undefined ? null : new Date(now().getTime() + delayMs))
    return
  }
  await noteSent(db, claimed, now())
}
