// The management API pinned: for each route a request with its exact answer, and one that is refused, in `test/wire/management/`. So no field
// changes its name, place or type unseen. TEST_WRITE_PINS=1 writes what the journeys see; a change of these files is a change for clients.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Route } from '#edge/management/endpoint.ts'
import { managementRoutes } from '#edge/management/routes.ts'
import type { Answer, House } from './house.ts'

const folder = join(import.meta.dirname, 'wire/management')
const isWriting = process.env.TEST_WRITE_PINS === '1'
const howTo = 'Call it in pins.test.ts, run TEST_WRITE_PINS=1 npm test -- test/journeys/{source-002,pins}.test.ts, and read the diff.'

/** What differs from run to run, with what stands for it. */
const varying: readonly [RegExp, string][] = [
  [
    /"(\w*Id|id|key|kid|sessions|token|appSecret|sign|timestamp|image|publicKey|smsCode|subject|latency|revision)":("[^"]*"|\d+)/g,
    '"$1":<$1>',
  ],
  [/"(\w*Ids|granted|waiting)":\[[\d,]+\]/g, '"$1":[<$1>]'],
  [/([?&])(\w*Ids?|ids)=[^&\s]+/g, '$1$2=<$2>'],
  [/"(node|source)":"[^"]*"/g, '"$1":<$1>'],
  [/"(age|toldAt|staleness|connections|memory|lateness|answered|refused|failed|p50|p95|p99)":(\d+|null)/g, '"$1":<$1>'],
  [/"(refusals|failures)":\{[^}]*\}/g, '"$1":<counts>'],
  [/"(buckets)":\[[^\]]*\]/g, '"$1":<counts>'],
  [/"(second|minute|hour|day|month|year)":\d+/g, '"$1":<$1>'],
  [/\d{4}-\d\d-\d\d(?: |T|%20)\d\d(?::|%3A)\d\d(?::|%3A)\d\d(?:[.\d]*(?:\+00:00|Z))?/g, '<time>'],
  // In an event's data, which is a text within the answer.
  [/\\"appId\\":\\"\w+\\"/g, '\\"appId\\":<appId>'],
  [/[A-Za-z0-9+/]{342}==/g, '<RSA>'],
  [/"(logo|code|serviceName)":"(?:[\da-f]{32}|(?:service-)?[\da-f]{8})"/g, '"$1":<$1>'],
  [/"(total|pages)":\d{2,}/g, '"$1":<count>'],
  [/("name":"(X-Request-Id|Date)","value":)"[^"]*"/gi, '$1<$2>'],
  [/"version":"\d+\.\d+\.\d+[^"]*"/g, '"version":<version>'],
  [/"(webhook-\w+)":"[^"]*"/g, '"$1":<$1>'],
  [/\d+ 秒/g, '<n> 秒'],
  [/(127\.0\.0\.1):\d+/g, '$1:<port>'],
]

export function openPins(house: House) {
  const seen = new Map<Route, { taken?: string; refused?: string }>()

  /** Notes the first success and the first refusal of a route. */
  function note(method: string, path: string, token: string | undefined, body: string | undefined, answer: Answer): void {
    const [route, target] = routeOf(method, path)
    const exchanges = seen.get(route) ?? {}
    seen.set(route, exchanges)
    const head = `${method} ${target}${token ? '\nAuthorization: Bearer <session>' : ''}${body === undefined ? '' : `\n\n${body}`}`
    const exchange = `${head}\n\n${answer.status} ${answer.headers.get('content-type')}\n\n${answer.json ? answer.text : '<bytes>'}`
    exchanges[answer.status === 200 ? 'taken' : 'refused'] ??= varying.reduce((left, [found, sign]) => left.replace(found, sign), exchange)
  }

  return {
    note,
    async call(method: string, path: string, body?: unknown, token?: string): Promise<Answer> {
      const answer = await house.manage(method, path, body, token)
      note(method, path, token, body === undefined ? undefined : JSON.stringify(body), answer)
      return answer
    },
    /** Everything that was called is as it was pinned. */
    check(): void {
      for (const [route, { taken, refused }] of seen) {
        const file = join(folder, pinOf(route))
        const now = [taken ?? 'No success.', refused ?? 'No refusal.'].join('\n\n----\n\n').concat('\n')
        if (isWriting) writeFileSync(file, now)
        const kept = existsSync(file) ? readFileSync(file, 'utf8') : 'No pin.'
        assert.equal(now, kept, `${route.method} ${route.path} is not as it was pinned. If that is meant: ${howTo}`)
      }
    },
  }
}

/** Every route has its pin, and every pin its route. */
export function checkAllPinned(): void {
  const [pins, routes] = [readdirSync(folder), managementRoutes.map(pinOf)]
  const missing = isWriting ? [] : routes.filter((pin) => !pins.includes(pin))
  const stale = pins.filter((pin) => !routes.includes(pin))
  assert.deepEqual({ missing, stale }, { missing: [], stale: [] }, `Without a pin: ${missing}; of no route: ${stale}. ${howTo}`)
}

const pinOf = ({ method, path }: Route) => `${method.toLowerCase()}${path.slice(8).replace(/[{}]/g, '').replaceAll('/', '-')}.txt`

/** The route of a path, and the path with `<id>` for what varies; a name goes before what varies. */
function routeOf(method: string, path: string): [Route, string] {
  const [plain, query] = path.split('?')
  const fits = (route: Route) => new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain!) && route.method === method
  const route = managementRoutes.find((one) => one.path === plain && one.method === method) ?? managementRoutes.find(fits)
  assert.ok(route, `${method} ${path} is no route`)
  return [route, `${route.path.replace(/\{(\w+)\}/g, '<$1>')}${query === undefined ? '' : `?${query}`}`]
}
