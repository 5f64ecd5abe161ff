// Once a minute: warns of what will end, and forgets what has ended, in the database, so that tables stay as small as what they are about.

import type { Logger } from 'pino'
import type { Config } from '#config.ts'
import { forgetOldAppLog } from '#core/app-log/app-log.store.ts'
import { forgetAudit } from '#core/audit/audit.store.ts'
import { turnDays } from '#core/call/call.store.ts'
import { forgetEvidence } from '#core/call/evidence.store.ts'
import { parkDeliveries } from '#core/event/delivery.store.ts'
import { forgetEvents } from '#core/event/event.store.ts'
import type { FileStore } from '#core/file/file-store.ts'
import { forgetUnkept, forgetUnused } from '#core/file/keep.ts'
import { forgetOldMails } from '#core/mail/mail.store.ts'
import { forgetEndedGrants } from '#core/member/grant.store.ts'
import { forgetEndedArtifacts } from '#core/oauth/artifact.store.ts'
import { forgetIdTokenKeys } from '#core/oauth/id-token-key.store.ts'
import { outlivedBefore } from '#core/oauth/id-token-key.ts'
import type { LiveTokens } from '#core/token/live-tokens.ts'
import { forgetEndedRevocations } from '#core/token/revocation.store.ts'
import { turnSigningKeys } from '#core/token/signing-key.ts'
import { forgetShortSteps } from '#core/usage/usage.store.ts'
import { forgetEndedAttempts } from '#core/user/attempt.store.ts'
import { forgetEndedCaptchas } from '#core/user/captcha.store.ts'
import { forgetEndedChallenges } from '#core/user/passkey.store.ts'
import { forgetEndedSessions } from '#core/user/session.store.ts'
import { forgetEndedSmsCodes } from '#core/user/sms-code.store.ts'
import { forgetOldSms } from '#core/user/sms-send.store.ts'
import { forgetOldTransportKeys } from '#core/user/transport-key.ts'
import type { Db } from '#db/open.ts'
import type { Sealer } from '#lib/seal.ts'
import { startLooks } from './looks.ts'
import { warnOfExpiry } from './warn-expiry.ts'

const everyMs = 60_000
const dayMs = 86_400_000
/** What takes longer goes on with the next sweep. */
const piecesMsMax = 20_000

export interface SweepDeps {
  readonly db: Db
  readonly config: Config
  now(): Date
}

interface MoreDeps extends SweepDeps {
  readonly files: FileStore
  readonly sealer: Sealer
  readonly tokens: LiveTokens
}

type Steps<Deps> = Readonly<Record<string, (deps: Deps, signal: AbortSignal) => Promise<unknown>>>
/** Hears of a step that failed. */
type Failed = (step: string, error: unknown) => void

export function startSweeps(deps: MoreDeps & { readonly log: Logger }): { stop(): Promise<void> } {
  const { log } = deps
  const failed: Failed = (step, error) => log.warn({ err: error, step }, 'a step of the sweep failed; the next sweep tries it again')
  return startLooks({ everyMs, log, onFailure: 'a sweep failed; the next one tries again' }, async (signal) => {
    await take(moreSteps, deps, failed, signal)
    await sweep(deps, failed, signal)
  })
}

/** What needs the database alone. */
export function sweep(deps: SweepDeps, failed: Failed, signal: AbortSignal = new AbortController().signal): Promise<void> {
  return take(steps, deps, failed, signal)
}

/** Each by itself: one that fails is told of, and the others are taken all the same. */
async function take<Deps>(some: Steps<Deps>, deps: Deps, failed: Failed, signal: AbortSignal): Promise<void> {
  for (const [name, step] of Object.entries(some)) {
    if (signal.aborted) return
    try {
      await step(deps, signal)
    } catch (error) {
      failed(name, error)
    }
  }
}

const moreSteps: Steps<MoreDeps> = {
  'signing keys': turnKeys,
  'files that never arrived': forgetUnkept,
  'pictures that nothing shows': (deps, signal) => inPieces(() => forgetUnused(deps), signal),
}

const steps: Steps<SweepDeps> = {
  sessions: ({ db, config, now }) => forgetEndedSessions(db, now(), config.sessionIdle),
  captchas: ({ db, now }) => forgetEndedCaptchas(db, now()),
  'SMS codes': ({ db, now }) => forgetEndedSmsCodes(db, now()),
  'passkey challenges': ({ db, now }) => forgetEndedChallenges(db, now()),
  attempts: ({ db, now }) => forgetEndedAttempts(db, now()),
  'transport keys': ({ db, now }) => forgetOldTransportKeys(db, now()),
  usage: ({ db, now }) => forgetShortSteps(db, now()),
  evidence: ({ db, now }) => forgetEvidence(db, now()),
  'OAuth artifacts': ({ db, now }, signal) => inPieces(() => forgetEndedArtifacts(db, now()), signal),
  'ID token keys': ({ db, now }) => forgetIdTokenKeys(db, outlivedBefore(now())),
  revocations: ({ db, now }) => forgetEndedRevocations(db, now()),
  'member grants': ({ db, now }) => forgetEndedGrants(db, now()),
  mails: ({ db, now }) => forgetOldMails(db, now()),
  SMS: ({ db, now }) => forgetOldSms(db, now()),
  'app log': ({ db, config, now }) => forgetOldAppLog(db, config.appLogDays, now()),
  'call log': ({ db, config, now }) => turnDays(db, config.callLogDays, now()),
  deliveries({ db, config, now }, signal) {
    const ms = config.callbackRetries.reduce((sum, seconds) => sum + seconds * 1_000, 0)
    return inPieces(() => parkDeliveries(db, new Date(now().getTime() - ms), now()), signal)
  },
  events: ({ db, config, now }, signal) => inPieces(() => forgetEvents(db, new Date(now().getTime() - config.eventDays * dayMs)), signal),
  audit: ({ db, config: { auditDays }, now }, signal) =>
    auditDays === undefined ? Promise.resolve() : inPieces(() => forgetAudit(db, new Date(now().getTime() - auditDays * dayMs)), signal),
  'apps that expire': warnOfExpiry,
}

async function turnKeys({ db, config, sealer, tokens, now }: MoreDeps): Promise<void> {
  await turnSigningKeys(db, sealer, config, now())
  await tokens.refresh()
}

/** Again and again until nothing is left to do. */
async function inPieces(piece: () => Promise<number>, signal: AbortSignal): Promise<void> {
  const giveUpAt = performance.now() + piecesMsMax
  while ((await piece()) > 0 && performance.now() < giveUpAt && !signal.aborted);
}
