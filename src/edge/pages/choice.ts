// The switch of languages: kept in a cookie, which holds no secret.

import { ownPath } from './own-path.ts'
import type { Goto } from './serve.ts'
import { languageCookie, type Visit } from './visit.ts'

const aYear = 365 * 86_400

export function chooseLanguage({ query, reply }: Visit): Goto {
  if (query.to === 'en' || query.to === 'zh-CN') {
    reply.setCookie(languageCookie, query.to, { path: '/', sameSite: 'lax', maxAge: aYear })
  }
  return { goto: ownPath(query.return) ?? '/' }
}
