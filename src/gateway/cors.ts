// Which web pages may call the gateway from a browser, and read its answers (the Fetch standard's CORS protocol). When a setting says
// so, it is the gateway's word alone: what services say about it is dropped. Without the setting nothing here is ever called.

import type { Routes } from './match.ts'
import type { NewExchange } from './transport/exchange.ts'

const maxAgeSeconds = 600
const exposed = 'X-Request-Id, RateLimit, RateLimit-Policy, Retry-After, X-Refreshed-Token'

export interface Cors {
  /**
   * True when the call was the question of a browser that comes before a call, and is answered thereby; for any other call, its
   * answer will say who may read it.
   */
  attend(exchange: NewExchange, routes: Routes): boolean
}

/** undefined for no origins: none may. */
export function createCors(origins: readonly string[]): Cors | undefined {
  if (origins.length === 0) return undefined
  const isAll = origins[0] === '*'
  const allowed = new Set(origins)

  function allowFields(origin: string | undefined): string[] {
    if (origin === undefined || !(isAll || allowed.has(origin))) return []
    // Credentials are for pages that were named, not for all (Fetch standard, "CORS protocol and credentials").
    if (isAll) return ['access-control-allow-origin', '*']
    return ['access-control-allow-origin', origin, 'access-control-allow-credentials', 'true']
  }

  return {
    attend(exchange, routes) {
      const allow = allowFields(exchange.field('origin'))
      const method = exchange.method === 'OPTIONS' ? exchange.field('access-control-request-method') : undefined
      if (allow.length > 0 && method !== undefined && hasInterface(routes, method, exchange.target)) {
        exchange.reply(204, preflightFields(allow, method, exchange.field('access-control-request-headers')), '')
        return true
      }
      const own = allow.length > 0 ? [...allow, 'access-control-expose-headers', exposed, 'vary', 'Origin'] : ['vary', 'Origin']
      exchange.dress((fieldLines) => [...own, ...withoutCors(fieldLines)])
      return false
    },
  }
}

function hasInterface(routes: Routes, method: string, target: string): boolean {
  const match = routes.find(method, target.split('?', 1)[0]!)
  return match !== undefined && match !== 'bad_path'
}

function preflightFields(allow: readonly string[], method: string, asked: string | undefined): string[] {
  const fields = [...allow, 'access-control-allow-methods', method, 'access-control-max-age', String(maxAgeSeconds)]
  // Which fields a call needs is for the walk to say; `Authorization` must be named, for `*` does not mean it.
  if (asked !== undefined) fields.push('access-control-allow-headers', asked)
  return [...fields, 'vary', 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers']
}

function withoutCors(fieldLines: readonly string[]): string[] {
  const kept: string[] = []
  for (let at = 0; at < fieldLines.length; at += 2) {
    if (!fieldLines[at]!.toLowerCase().startsWith('access-control-')) kept.push(fieldLines[at]!, fieldLines[at + 1]!)
  }
  return kept
}
