// The second factor: one-time codes of an authenticator app (TOTP), each good once, and ten recovery codes for whoever lost it (settled F27).

import { randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { fault } from '#core/fault.ts'
import type { Db } from '#db/open.ts'
import type { Sealer } from '#lib/seal.ts'
import { type Bound, clearAttempts, findAttempts } from './attempt.store.ts'
import {
  confirmSecondFactor,
  findSecondFactor,
  putSecondFactor,
  replaceRecoveryCodes,
  takeRecoveryCode,
  takeStep,
} from './second-factor.store.ts'
import { take } from './throttle.ts'

export interface SecondFactorDeps {
  readonly db: Db
  readonly sealer: Sealer
  now(): Date
}

const stepMs = 30_000
/** A step before and after: clocks differ, and people type slowly. */
const stepsAround = 1
const recoveryCodes = 10

/** Whether a password alone does not let this user in; where nothing else can be asked for, it is refused then. */
export async function hasSecondFactor(db: Db, userId: number): Promise<boolean> {
  return (await findSecondFactor(db, userId))?.confirmedAt != null
}

/** What an authenticator app is told. */
export interface Enrolment {
  /** Base32, for those who type it. */
  readonly secret: string
  /** `otpauth:`, for a QR code. */
  readonly uri: string
}

/** Throws `conflict` when there is one already. */
export async function beginEnrolment({ db, sealer }: SecondFactorDeps, userId: number, username: string): Promise<Enrolment> {
  const secret = new Secret({ size: 20 }).base32
  if (!(await putSecondFactor(db, userId, sealer.seal('second-factor', secret)))) throw fault('conflict', { reason: 'second_factor' })
  return enrolmentOf(secret, username)
}

/** The one that waits for its first code. */
export async function enrolmentUnderWay(
  { db, sealer }: SecondFactorDeps,
  userId: number,
  username: string,
): Promise<Enrolment | undefined> {
  const row = await findSecondFactor(db, userId)
  return row && !row.confirmedAt ? enrolmentOf(sealer.open('second-factor', row.secretSealed), username) : undefined
}

/** By a first code of the app. Answers the recovery codes, this once. Throws `otp_invalid`. */
export async function confirmEnrolment(deps: SecondFactorDeps, userId: number, sessionId: string, code: string): Promise<string[]> {
  const row = await findSecondFactor(deps.db, userId)
  const usedAt = row && !row.confirmedAt ? stepOf(deps, row.secretSealed, code) : undefined
  if (!usedAt) throw fault('otp_invalid', { name: 'otp' })
  const { codes, codeHashes } = newRecoveryCodes(deps, userId)
  if (!(await confirmSecondFactor(deps.db, { userId, sessionId, usedAt, codeHashes }, deps.now())))
    throw fault('otp_invalid', { name: 'otp' })
  return codes
}

/** Others in the place of all recovery codes that there are: those end. Answers them, this once; undefined when there is no second factor. */
export async function renewRecoveryCodes(deps: SecondFactorDeps, userId: number): Promise<string[] | undefined> {
  const { codes, codeHashes } = newRecoveryCodes(deps, userId)
  return (await replaceRecoveryCodes(deps.db, userId, codeHashes)) ? codes : undefined
}

/** Uses the code up. Guesses are counted over all addresses: throws `rate_limited` when there were too many. */
export async function proveCode(deps: SecondFactorDeps, userId: number, code: string): Promise<boolean> {
  const guesses = guessesOf(userId)
  await take(deps.db, [guesses], deps.now())
  const row = await findSecondFactor(deps.db, userId)
  if (!row?.confirmedAt) return false
  const usedAt = stepOf(deps, row.secretSealed, code)
  const isRight = usedAt
    ? await takeStep(deps.db, userId, usedAt)
    : await takeRecoveryCode(deps.db, userId, recoveryHash(deps, userId, code))
  if (isRight) await clearAttempts(deps.db, [guesses.key])
  return isRight
}

/** Whoever has the password gains next to nothing by so many, however many addresses they come from. */
const guessesOf = (userId: number): Bound => ({ key: `otp of user ${userId}`, max: 30, forMs: 3_600_000 })

/** Until when no code is taken, because too many were wrong; undefined: one is. */
export async function codesShutUntil({ db, now }: SecondFactorDeps, userId: number): Promise<Date | undefined> {
  const { key, max } = guessesOf(userId)
  const guesses = (await findAttempts(db, [key], now())).get(key)
  return guesses && guesses.count >= max ? guesses.resetsAt : undefined
}

export async function forgetGuesses(db: Db, userId: number): Promise<void> {
  await clearAttempts(db, [guessesOf(userId).key])
}

/** When the step began that the code belongs to. */
function stepOf({ sealer, now }: SecondFactorDeps, secretSealed: string, code: string): Date | undefined {
  const token = code.replace(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return undefined
  const timestamp = now().getTime()
  const totp = totpOf(sealer.open('second-factor', secretSealed))
  const delta = totp.validate({ token, timestamp, window: stepsAround })
  return delta === null ? undefined : new Date((Math.floor(timestamp / stepMs) + delta) * stepMs)
}

const totpOf = (secret: string, label = '') =>
  new TOTP({ issuer: 'Kaimen', label, secret: Secret.fromBase32(secret), period: stepMs / 1000 })

const enrolmentOf = (secret: string, username: string): Enrolment => ({ secret, uri: totpOf(secret, username).toString() })

function newRecoveryCodes(deps: SecondFactorDeps, userId: number) {
  const codes = Array.from({ length: recoveryCodes }, newRecoveryCode)
  return { codes, codeHashes: codes.map((one) => recoveryHash(deps, userId, one)) }
}

/** 80 bits, in characters that are not mistaken for one another when they are read from paper. */
function newRecoveryCode(): string {
  const letters = [...randomBytes(16)].map((byte) => paperLetters[byte % 32])
  return [0, 4, 8, 12].map((at) => letters.slice(at, at + 4).join('')).join('-')
}
const paperLetters = 'abcdefghjkmnpqrstuvwxyz023456789'

const recoveryHash = ({ sealer }: SecondFactorDeps, userId: number, code: string) =>
  sealer.digest('recovery-code', `${userId} ${code.toLowerCase().replace(/[^a-z0-9]/g, '')}`)
