// Codes that prove a phone number (settled A6, F5, E6): six digits, five minutes, for one phone and one purpose, good once.

import { randomInt } from 'node:crypto'
import type { Db } from '#db/open.ts'
import { networkOf } from '#lib/address.ts'
import type { Sealer } from '#lib/seal.ts'
import { type Bound, clearAttempts } from './attempt.store.ts'
import { matchSmsCode, putSmsCode, takeSmsCode } from './sms-code.store.ts'
import type { SmsOutbox } from './sms-provider.ts'
import { take } from './throttle.ts'

/** What people may ask for at the platform itself. */
export const smsScenes = ['register', 'reset'] as const
/** `app`: by way of an app (POST /api/sms/code). Such a code proves a phone to apps and registers by it, and nothing else. */
export type SmsScene = (typeof smsScenes)[number] | 'app'

export interface SmsCodeDeps {
  readonly db: Db
  readonly sealer: Sealer
}

export interface SmsCodeWish {
  readonly phoneNumber: string
  readonly scene: SmsScene
  /** Of who asks, and the app's row when it was one. */
  readonly address: string
  readonly appId?: number
  readonly isWanted: boolean
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const lifeMs = 5 * minuteMs
/** Wrong guesses that end a code. */
const guessesMax = 5
const guessesPerHourMax = 10
const perNetworkHourMax = 60
/** Of an app, whose server asks for many people. */
const perAppHourMax = 600

/**
 * Sends a code when `isWanted`; when not, all is done but the sending, so that nobody sees the difference. Throws `rate_limited`.
 * The network is counted last: what one phone may not have costs its neighbours nothing.
 */
export async function sendSmsCode(
  { db, sealer, sms }: SmsCodeDeps & { readonly sms: SmsOutbox },
  { phoneNumber, scene, address, appId, isWanted }: SmsCodeWish,
  now: Date,
): Promise<void> {
  const bounds: Bound[] = [
    { key: `sms to ${phoneNumber} a minute`, max: 1, forMs: minuteMs },
    { key: `sms to ${phoneNumber} an hour`, max: 5, forMs: hourMs },
    { key: `sms to ${phoneNumber} a day`, max: 10, forMs: 24 * hourMs },
    { key: `sms from ${networkOf(address)}`, max: appId === undefined ? perNetworkHourMax : perAppHourMax, forMs: hourMs },
    ...(appId === undefined ? [] : [{ key: `sms of app ${appId}`, max: perAppHourMax, forMs: hourMs }]),
  ]
  await take(db, bounds, now)
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  const kept = { phoneNumber, scene, codeHash: digestOf(sealer, phoneNumber, scene, code) }
  const id = await putSmsCode(db, kept, new Date(now.getTime() + lifeMs), isWanted ? { appId, now } : undefined)
  if (id !== undefined) sms.send({ id, to: phoneNumber, code, scene, time: now })
}

/** Counts a guess for `who`, a phone over all its codes; throws `rate_limited` when there were too many. What is right is not counted. */
export async function countCodeGuess(db: Db, who: string, now: Date): Promise<void> {
  await take(db, [guessBound(who)], now)
}

/** Uses the code up. False when it is not that of this phone and purpose; it does not throw, or a transaction would forget the guess. */
export async function useSmsCode({ db, sealer }: SmsCodeDeps, { phoneNumber, scene, code }: Guess, now: Date): Promise<boolean> {
  const guess = { phoneNumber, scene, codeHash: digestOf(sealer, phoneNumber, scene, code) }
  if (!(await takeSmsCode(db, guess, guessesMax, now))) return false
  await clearAttempts(db, [guessBound(phoneNumber).key])
  return true
}

/** Whether it is the code; a right one stays good, a wrong guess counts against it. */
export async function isSmsCode({ db, sealer }: SmsCodeDeps, guess: Guess, now: Date): Promise<boolean> {
  const { phoneNumber, scene, code } = guess
  if (!(await matchSmsCode(db, { phoneNumber, scene, codeHash: digestOf(sealer, phoneNumber, scene, code) }, guessesMax, now))) return false
  await clearAttempts(db, [guessBound(phoneNumber).key])
  return true
}

interface Guess {
  readonly phoneNumber: string
  readonly scene: SmsScene
  readonly code: string
}

const guessBound = (who: string): Bound => ({ key: `sms guess ${who}`, max: guessesPerHourMax, forMs: hourMs })
const digestOf = (sealer: Sealer, ...parts: string[]) => sealer.digest('sms-code', parts.join(' '))
