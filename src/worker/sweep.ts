// Once a minute: warns of what will end, and forgets what has ended, in the database, so that tables stay as small as what they are about.

import type { Logger } from 'pino'
import type { Config } from '#config.ts'
import { forgetOldAppLog } from '#core/app-log/app-log.store.ts'
import { turnDays } from '#core/call/call.store.ts'
import { forgetEvidence } from '#core/call/evidence.store.ts'
import { parkDeliveries } from '#core/event/delivery.store.ts'
import { forgetEvents } from '#core/event/event.store.ts'
import type { FileStore } from '#core/file/file-store.ts'
import { forgetUnkept } from '#core/file/keep.ts'
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
import { forgetEndedSmsCodes } from '#core/user/sms-code.store.ts'
import { forgetOldSms } from '#core/user/sms-send.store.ts'
import { forgetOldTransportKeys } from '#core/user/transport-key.ts'
import { forgetEndedSessions } from '#core/user/user.store.ts'
import type { Db } from '#db/open.ts'
import type { Sealer } from '#lib/seal.ts'
import { warnOfExpiry } from './warn-expiry.ts'

const everyMs = 60_000
const dayMs = 86_400_000
/** What takes longer goes on with the next sweep. */
const piecesMsMax = 20_000

export interface SweepDeps {
  readonly db: Db
  readonly config: Config
  readonly files: FileStore
  now(): Date
}

interface KeyDeps {
  readonly sealer: Sealer
  readonly tokens: LiveTokens
}

export function startSweeps(deps: SweepDeps & KeyDeps & { log: Logger }): { stop(): void } {
  const timer = setInterval(() => {
    Promise.all([turnKeys(deps), sweep(deps), forgetUnkept(deps)]).catch((error: unknown) =>
      deps.log.warn({ err: error }, 'a sweep failed; the next one tries again'),
    )
  }, everyMs)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}

export async function sweep({ db, config, now }: Omit<SweepDeps, 'files'>): Promise<void> {
  await forgetEndedSessions(db, now(), config.sessionIdle)
  await forgetEndedCaptchas(db, now())
  await forgetEndedSmsCodes(db, now())
  await forgetEndedChallenges(db, now())
  await forgetEndedAttempts(db, now())
  await forgetOldTransportKeys(db, now())
  await forgetShortSteps(db, now())
  await forgetEvidence(db, now())
  await inPieces(() => forgetEndedArtifacts(db, now()))
  await forgetIdTokenKeys(db, outlivedBefore(now()))
  await forgetEndedRevocations(db, now())
  await forgetEndedGrants(db, now())
  await forgetOldMails(db, now())
  await forgetOldSms(db, now())
  await forgetOldAppLog(db, config.appLogDays, now())
  await turnDays(db, config.callLogDays, now())
  const ms = config.callbackRetries.reduce((sum, seconds) => sum + seconds * 1_000, 0)
  await inPieces(() => parkDeliveries(db, new Date(now().getTime() - ms), now()))
  await inPieces(() => forgetEvents(db, new Date(now().getTime() - config.eventDays * dayMs)))
  await warnOfExpiry({ db, config, now })
}

async function turnKeys({ db, config, sealer, tokens, now }: SweepDeps & KeyDeps): Promise<void> {
  await turnSigningKeys(db, sealer, config, now())
  await tokens.refresh()
}

/** Again and again until nothing is left to do. */
async function inPieces(piece: () => Promise<number>): Promise<void> {
  const giveUpAt = performance.now() + piecesMsMax
  while ((await piece()) > 0 && performance.now() < giveUpAt);
}
