// Signing in by a password: one rule, and one count of failures, for the management API and for people's pages (contract §1; settled
// A19, D13, E5, F4). Two steps, because between them somebody may have to prove more.

import { randomUUID } from 'node:crypto'
import { fault } from '#core/fault.ts'
import type { Tokens } from '#core/token/token.ts'
import type { Db } from '#db/open.ts'
import type { Sealer } from '#lib/seal.ts'
import { solveCaptcha } from './captcha.ts'
import { type Guesser, guesserOf, noteFailure, noteSuccess, type Standing, standingOf } from './guess.ts'
import { isOutdated, type Passwords } from './password.ts'
import type { SentPassword, TransportKeys } from './transport-key.ts'
import { findUserByLogin, openSession } from './user.store.ts'

export interface SignInDeps {
  readonly db: Db
  readonly sealer: Sealer
  readonly tokens: Tokens
  readonly passwords: Passwords
  readonly transportKeys: TransportKeys
  readonly config: { readonly sessionTtl: number }
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

/** Who proved a password, and the hash that it was proven by. */
export interface Proven {
  readonly userId: number
  readonly passwordHash: string
  /** The same password by today's parameters, when its hash has others. */
  readonly rehashed: string | undefined
  readonly guesser: Guesser
}

/** Throws `login_failed`, `captcha_required`, `captcha_invalid`, `account_locked`, `rate_limited` or `overloaded`. */
export async function provePassword(deps: SignInDeps, { login, password: sent, captcha }: Credentials, client: Client): Promise<Proven> {
  const user = await findUserByLogin(deps.db, login)
  const guesser = guesserOf(deps.sealer, user?.id, login, client.address)
  const solved = await captchaState(deps, captcha)
  refuse(await standingOf(deps.db, guesser, deps.now()), solved)

  return deps.passwords.inTurn(async (argon) => {
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
}

/** A new session, always: one that a browser had before is never made more of. Answers its token. */
export async function beginSession(deps: SignInDeps, proven: Proven, { address, userAgent }: Client): Promise<string> {
  const now = deps.now()
  const id = randomUUID()
  const expiresAt = new Date(now.getTime() + deps.config.sessionTtl * 1000)
  const session = { id, userId: proven.userId, createdAt: now, seenAt: now, expiresAt, address, userAgent: userAgent.slice(0, 300) }
  if (!(await openSession(deps.db, session, proven))) throw fault('login_failed')
  await noteSuccess(deps.db, proven.guesser, proven.userId, now)
  const exp = Math.floor(expiresAt.getTime() / 1000)
  return deps.tokens.sign('session', { sub: String(proven.userId), jti: id, exp }, now.getTime())
}

type CaptchaState = 'not_offered' | 'none' | 'wrong' | 'solved'

/** A captcha that is sent is used up, needed or not. */
async function captchaState(deps: SignInDeps, captcha: Credentials['captcha']): Promise<CaptchaState> {
  if (!captcha) return 'none'
  if (captcha === 'not_offered') return captcha
  return (await solveCaptcha(deps, captcha.id, captcha.answer, deps.now())) ? 'solved' : 'wrong'
}

function refuse({ lockedSeconds, needsCaptcha, barredSeconds }: Standing, captcha: CaptchaState): void {
  if (captcha === 'not_offered') {
    if (barredSeconds > 0) throw fault('rate_limited', { retryAfter: barredSeconds })
    return
  }
  if (lockedSeconds > 0) throw fault('account_locked', { retryAfter: lockedSeconds })
  if (needsCaptcha && captcha !== 'solved') throw fault(captcha === 'none' ? 'captcha_required' : 'captcha_invalid')
}
