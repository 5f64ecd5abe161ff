// Who sends a request, on every face: by a bearer token, or by the cookie that browsers hold instead of one (settled F3). The cookie comes
// along by itself, so what may change something is believed by it only when a page of our own sent it.

import { isIP } from 'node:net'
import type {} from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '#config.ts'
import { fault } from '#core/fault.ts'
import type { Tokens } from '#core/token/token.ts'
import { findViewer, type Viewer } from '#core/user/viewer.store.ts'
import type { Db } from '#db/open.ts'
import { plainAddress } from '#lib/address.ts'
import { passedCall } from './passed.ts'

export interface SessionDeps {
  readonly db: Db
  readonly tokens: Tokens
  readonly config: Config
  now(): Date
}

/**
 * The signed-in person, when the request bears a session that lives. Throws `cross_site_request` when a cookie alone says who it is, and
 * another site may have sent it; and `otp_enrolment_required` when all that this session may do is set up a second factor, but for
 * `whileEnrolling`.
 */
export async function sessionOf(request: FastifyRequest, deps: SessionDeps, whileEnrolling = false): Promise<Viewer | undefined> {
  const bearer = bearerToken(request)
  const token = bearer ?? cookieOf(request, deps.config, 'session')
  if (token === undefined) return undefined
  if (bearer === undefined && !isSafe(request) && !isOurs(request, deps.config)) throw fault('cross_site_request')
  const viewer = await holderOf(token, deps)
  if (viewer && !whileEnrolling && mustEnrol(viewer, deps.config)) throw fault('otp_enrolment_required')
  return viewer
}

/** Whoever may do something at HQ, where two factors are asked of them and they showed one (KAIMEN_REQUIRE_OTP). */
export function mustEnrol({ method, permissions }: Viewer, { requireOtp }: Config): boolean {
  return requireOtp === 'hq' && method === 'password' && permissions.size > 0
}

/** Whose session this token is, when it lives. */
export async function holderOf(token: string, deps: SessionDeps): Promise<Viewer | undefined> {
  const now = deps.now()
  const claims = deps.tokens.verify('session', token, now.getTime())
  if (typeof claims === 'string' || claims.jti === undefined) return undefined
  return findViewer(deps.db, claims.jti, now, deps.config.sessionIdle)
}

export function bearerToken(request: FastifyRequest): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const { token } = request.headers
  return bearer ?? (typeof token === 'string' ? token : undefined)
}

/** What the gateway says that passed it on, else what Fastify finds by the trusted proxies; a text that is no address is nobody's, and then the connection's counts. */
export function addressOf(request: FastifyRequest): string {
  const passed = passedCall(request.raw)
  if (passed) return passed.address
  const { ip, socket } = request
  return plainAddress(isIP(ip) === 0 ? (socket.remoteAddress ?? '') : ip)
}

/** By what it is for; the first is the session itself. */
const cookieNames = { session: 'kaimen', form: 'kaimen-form', signIn: 'kaimen-sign-in', challenge: 'kaimen-challenge' } as const
export type CookieUse = keyof typeof cookieNames

export function cookieOf(request: FastifyRequest, config: Config, use: CookieUse): string | undefined {
  const value = request.cookies[nameOf(config, use)]
  return value === '' ? undefined : value
}

/** Gone when the browser closes; `undefined` takes it away at once. */
export function setCookie(reply: FastifyReply, config: Config, use: CookieUse, value: string | undefined): void {
  const options = { path: '/', httpOnly: true, sameSite: 'strict', secure: isTls(config) } as const
  if (value === undefined) reply.clearCookie(nameOf(config, use), options)
  else reply.setCookie(nameOf(config, use), value, options)
}

/** `__Host-`: no other host, above or beside ours, can set it. */
const nameOf = (config: Config, use: CookieUse) => (isTls(config) ? `__Host-${cookieNames[use]}` : cookieNames[use])

/** Whether people reach us by TLS. */
function isTls({ publicUrl, tlsCert }: Config): boolean {
  return publicUrl === undefined ? tlsCert !== undefined : publicUrl.startsWith('https:')
}

const isSafe = ({ method }: FastifyRequest) => method === 'GET' || method === 'HEAD' || method === 'OPTIONS'

/** Whether the browser says that a page of ours sent it, and nothing that it says speaks against that. */
function isOurs(request: FastifyRequest, config: Config): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers
  return (origin !== undefined || site !== undefined) && !isForeign(request, config)
}

/** Whether the browser says that another site sent it. */
export function isForeign(request: FastifyRequest, config: Config): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  return origin !== undefined && origin !== ownOrigin(request, config)
}

/** Where passkeys belong; browsers make none for bare addresses, so without KAIMEN_PUBLIC_URL there are some on `localhost` only. */
export function passkeyPlace(request: FastifyRequest, config: Config): { rpId: string; origin: string } | undefined {
  const { publicUrl } = config
  if (publicUrl !== undefined) return { rpId: new URL(publicUrl).hostname, origin: new URL(publicUrl).origin }
  return request.hostname === 'localhost' ? { rpId: 'localhost', origin: ownOrigin(request, config) } : undefined
}

// Without KAIMEN_PUBLIC_URL people come by any name that leads here. What a browser says in `Host` no page can choose.
function ownOrigin({ protocol, host }: FastifyRequest, { publicUrl }: Config): string {
  return publicUrl === undefined ? `${protocol}://${host}` : new URL(publicUrl).origin
}
