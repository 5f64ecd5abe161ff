// What somebody chose to see: language and appearance. Each is in a cookie, which holds no secret; the console keeps the same two.

import type { FastifyRequest } from 'fastify'
import { type Language, languageOf } from '#text/text.ts'
import { ownPath } from './own-path.ts'
import type { Goto } from './serve.ts'
import type { Visit } from './visit.ts'

export const languageCookie = 'kaimen-language'
export const themeCookie = 'kaimen-theme'

/** undefined: as the browser's system has it. */
export type Theme = 'light' | 'dark' | undefined

/** What the person chose here before; else what the browser prefers. */
export function languageAsked(request: FastifyRequest): Language {
  return languageChosen(request.cookies[languageCookie], request.headers['accept-language'])
}

export function languageChosen(chosen: string | undefined, preferred: string | undefined): Language {
  return chosen === 'en' || chosen === 'zh-CN' ? chosen : languageOf(preferred)
}

export function themeChosen(chosen: string | undefined): Theme {
  return chosen === 'light' || chosen === 'dark' ? chosen : undefined
}

const aYear = 365 * 86_400
const kept = { path: '/', sameSite: 'lax', maxAge: aYear } as const

export function chooseLanguage({ query, reply }: Visit): Goto {
  if (query.to === 'en' || query.to === 'zh-CN') reply.setCookie(languageCookie, query.to, kept)
  return { goto: ownPath(query.return) ?? '/' }
}

export function chooseTheme({ query, reply }: Visit): Goto {
  if (query.to === 'system') reply.clearCookie(themeCookie, { path: '/' })
  else if (themeChosen(query.to)) reply.setCookie(themeCookie, query.to!, kept)
  return { goto: ownPath(query.return) ?? '/' }
}
