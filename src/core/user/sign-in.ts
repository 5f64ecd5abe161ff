// Signing in by a password: one rule, and one count of failures, for the management API and for people's pages (contract §1; settled
// A19, D13, E5, F4). Two steps, because between them somebody may have to prove more.

import { randomUUID } from 'node:crypto'
import { fault } from '#core/fault.ts'
import type { Tokens } from '#core/token/token.ts'
import type { Db } from '#db/open.ts'
import type { Sealer } from '#lib/seal.ts'
import { solveCaptcha } from './captcha.ts'
import { type Guesser, guesserOf, noteFailure, noteSuccess, type Standing, standingOf } from './guess.ts'
import { type Argon, isOutdated, type Passwords } from './password.ts'
import { hasSecondFactor, proveCode } from './second-factor.ts'
import { openSession } from './session.store.ts'
import type { SentPassword, TransportKeys } from './transport-key.ts'
import { findUser, findUserByLogin, type UserRow } from './user.store.ts'
import { permissionsOf, type Viewer } from './viewer.store.ts'

export interface SignInDeps {
  readonly db: Db
  readonly sealer: Sealer
  readonly tokens: Tokens
  readonly passwords: Passwords
  readonly transportKeys: TransportKeys
  readonly config: { readonly sessionTtl: number; readonly requireOtp: 'off' | 'hq' }
  now(): Date
}

export interface Credentials {
  /** User name, phone or mail. */
  readonly login: string
  readonly password: SentPassword
  /** `not_offered`: a program asks, for somebody who sees no picture (settled E5). */
  readonly captcha: { readonly id: string; readonly answer: string } | 'not_offered' | undefined
}

/** Where somebody is, as far as we see it; told to them in the list of their sessions. */
export interface Client {
  readonly address: string
  readonly userAgent: string
}

/** Who proved a password, and the hash that it was proven by. It may not be enough. */
export interface Proven {
  readonly userId: number
  readonly passwordHash: string
  /** The same password by today's parameters, when its hash has others. */
  readonly rehashed: string | undefined
  readonly guesser: Guesser
}

/** Who may have a session, and by what. */
export interface Admitted extends Proven {
  readonly method: Viewer['method']
}

/** Throws `login_failed`, `captcha_required`, `captcha_invalid`, `account_locked`, `rate_limited` or `overloaded`. */
export async function provePassword(deps: SignInDeps, { login, password: sent, captcha }: Credentials, client: Client): Promise<Proven> {
  const user = await findUserByLogin(deps.db, login)
  const guesser = guesserOf(deps.sealer, user?.id, login, client.address)
  const solved = await captchaState(deps, captcha)
  refuse(await standingOf(deps.db, guesser, deps.now()), solved)

  const proven = await deps.passwords.inTurn(async (argon) => {
    // Asked again in its turn: of many guesses at once, those before it have been counted by then.
    refuse(await standingOf(deps.db, guesser, deps.now()), solved)
    const password = await deps.transportKeys.open(sent)
    const isRight = await argon.isRight(user?.passwordHash, password)
    if (!isRight || !user || password === undefined) {
      await noteFailure(deps.db, guesser, deps.now())
      throw fault('login_failed')
    }
    const rehashed = isOutdated(user.passwordHash) ? await argon.hash(password) : undefined
    return { userId: user.id, passwordHash: user.passwordHash, rehashed, guesser }
  })
  if (captcha === 'not_offered' && !(await isPasswordEnough(deps, proven.userId))) throw fault('otp_required')
  return proven
}

/** Where a program asks, nothing more than a password can be shown. */
async function isPasswordEnough({ db, config }: SignInDeps, userId: number): Promise<boolean> {
  if (await hasSecondFactor(db, userId)) return false
  return config.requireOtp === 'off' || (await permissionsOf(db, userId)).size === 0
}

/**
 * The second factor, of those who have one. Throws `otp_required` without a code; a wrong one is a failure like a wrong password, throws
 * `otp_invalid`, and is counted for the user besides.
 */
export async function proveSecondFactor(deps: SignInDeps, proven: Proven, otp: string | undefined): Promise<Admitted> {
  if (!(await hasSecondFactor(deps.db, proven.userId))) return { ...proven, method: 'password' }
  if (otp === undefined) throw fault('otp_required')
  refuseLocked(await standingOf(deps.db, proven.guesser, deps.now()))
  if (await proveCode(deps, proven.userId, otp)) return { ...proven, method: 'password+otp' }
  await noteFailure(deps.db, proven.guesser, deps.now())
  throw fault('otp_invalid', { name: 'otp' })
}

/** A sign-in that waits for its second factor, as a text that only we can read, for whoever proved the password to hold meanwhile. */
export function pauseSignIn({ sealer, now }: SignInDeps, { userId, passwordHash }: Proven): string {
  const paused: Paused = { userId, proof: sealer.digest('sign-in', passwordHash), endsAt: now().getTime() + pauseMs }
  return sealer.seal('sign-in', JSON.stringify(paused))
}

/** undefined when it took too long, or the password is another by now. */
export async function resumeSignIn(deps: SignInDeps, text: string, { address }: Client): Promise<Proven | undefined> {
  const paused = openPaused(deps, text)
  const user = paused && paused.endsAt > deps.now().getTime() ? await findUser(deps.db, paused.userId) : undefined
  if (!user || deps.sealer.digest('sign-in', user.passwordHash) !== paused?.proof) return undefined
  const guesser = guesserOf(deps.sealer, user.id, user.username, address)
  return { userId: user.id, passwordHash: user.passwordHash, rehashed: undefined, guesser }
}

interface Paused {
  readonly userId: number
  /** Of the hash that the password was proven by. */
  readonly proof: string
  readonly endsAt: number
}

const pauseMs = 5 * 60_000

function openPaused({ sealer }: SignInDeps, text: string): Paused | undefined {
  try {
    return JSON.parse(sealer.open('sign-in', text))
  } catch {
    return undefined
  }
}

/**
 * The password once more, for what a session alone may not do, and what to do in the same turn. Whoever took over a session may guess here
 * no more often than at sign-in. Throws `login_failed`, `account_locked` or `overloaded`.
 */
export async function proveAgain<T>(
  deps: SignInDeps,
  user: UserRow,
  sent: SentPassword,
  address: string,
  then: (argon: Argon) => Promise<T>,
): Promise<T> {
  const guesser = guesserOf(deps.sealer, user.id, user.username, address)
  return deps.passwords.inTurn(async (argon) => {
    refuseLocked(await standingOf(deps.db, guesser, deps.now()))
    if (await argon.isRight(user.passwordHash, await deps.transportKeys.open(sent))) return then(argon)
    await noteFailure(deps.db, guesser, deps.now())
    throw fault('login_failed')
  })
}

/** A new session, always: one that a browser had before is never made more of. Answers its token. */
export async function beginSession(deps: SignInDeps, admitted: Admitted, { address, userAgent }: Client): Promise<string> {
  const now = deps.now()
  const id = randomUUID()
  const expiresAt = new Date(now.getTime() + deps.config.sessionTtl * 1000)
  const { userId, method, guesser } = admitted
  const session = { id, userId, method, createdAt: now, seenAt: now, expiresAt, address, userAgent: userAgent.slice(0, 300) }
  if (!(await openSession(deps.db, session, admitted))) throw fault('login_failed')
  await noteSuccess(deps.db, guesser, userId, now)
  const exp = Math.floor(expiresAt.getTime() / 1000)
  return deps.tokens.sign('session', { sub: String(userId), jti: id, exp }, now.getTime())
}

type CaptchaState = 'not_offered' | 'none' | 'wrong' | 'solved'

/** A captcha that is sent is used up, needed or not. */
async function captchaState(deps: SignInDeps, captcha: Credentials['captcha']): Promise<CaptchaState> {
  if (!captcha) return 'none'
  if (captcha === 'not_offered') return captcha
  return (await solveCaptcha(deps, captcha.id, captcha.answer, deps.now())) ? 'solved' : 'wrong'
}

function refuse(standing: Standing, captcha: CaptchaState): void {
  const { needsCaptcha, barredSeconds } = standing
  if (captcha === 'not_offered') {
    if (barredSeconds > 0) throw fault('rate_limited', { retryAfter: barredSeconds })
    return
  }
  refuseLocked(standing)
  if (needsCaptcha && captcha !== 'solved') throw fault(captcha === 'none' ? 'captcha_required' : 'captcha_invalid')
}

function refuseLocked({ lockedSeconds }: Standing): void {
  if (lockedSeconds > 0) throw fault('account_locked', { retryAfter: lockedSeconds })
}
