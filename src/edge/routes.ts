// Every path of both listeners: who may call it, and what it is for. Those of the management API are the rows of `management/routes.ts`; the other
// faces have theirs here, and `test/journeys/routes.test.ts` finds what is missing.

import type { Who } from './management/endpoint.ts'
import { managementRoutes } from './management/routes.ts'
import { pagePaths } from './pages/serve.ts'
import { ucenterRoutes } from './ucenter/routes.ts'

export interface PathRow {
  readonly listener: 'platform' | 'gateway'
  readonly method: string
  readonly path: string
  /** As in `management/routes.ts`; `credential`: proves itself by what it sends. */
  readonly who: Who['kind'] | 'credential'
  readonly permission: string
  readonly what: string
}

type Cells = readonly [method: string, path: string, who: PathRow['who'], what: string, permission?: string]

// biome-ignore format: a table
const platform: readonly Cells[] = [
  ['GET',  '/',                           'anyone',     'The home page'],
  ['GET',  '/assets/*',                   'anyone',     'What the console is made of'],
  ['GET',  '/pages/style-{digest}.css',   'anyone',     'How pages look'],
  ['GET',  '/pages/dark-{digest}.css',    'anyone',     'Their colours in the dark'],
  ['GET',  '/pages/passkey-{digest}.js',  'anyone',     'What a browser needs for a passkey'],
  ['GET',  '/.well-known/openid-configuration', 'anyone', 'What OpenID Connect offers here'],
  ['GET',  '/.well-known/oauth-authorization-server', 'anyone', 'The same for OAuth (RFC 8414)'],
  ['GET',  '/oauth/authorize',            'credential', 'Begins a sign-in for an app, or asks for its consent'],
  ['POST', '/oauth/authorize',            'credential', 'The same, as a form'],
  ['GET',  '/oauth/authorize/{uid}',      'credential', 'Goes on with it'],
  ['GET',  '/oauth/interaction/{uid}',    'anyone',     'The page on which a person is asked'],
  ['POST', '/oauth/interaction/{uid}',    'signedIn',   'Its form'],
  ['POST', '/oauth/token',                'credential', 'Tokens for a code, a refresh token, or the app itself'],
  ['POST', '/api/oauth/accessToken',      'credential', 'The same, as source 003 has it'],
  ['GET',  '/oauth/userinfo',             'credential', 'Who the token is about'],
  ['POST', '/oauth/userinfo',             'credential', 'The same'],
  ['GET',  '/oauth/jwks',                 'anyone',     'Public keys of what is signed'],
  ['POST', '/oauth/introspect',           'credential', 'Whether a token is good (RFC 7662)'],
  ['POST', '/oauth/revoke',               'credential', 'Ends a token (RFC 7009)'],
  ['GET',  '/oauth/end-session',          'anyone',     'The page to sign out, where an app sends people'],
  ['POST', '/oauth/end-session',          'anyone',     'The same, as a form'],
  ['POST', '/oauth/end-session/confirm',  'signedIn',   'Its form'],
  ['GET',  '/oauth/end-session/success',  'anyone',     'The page when it is done'],
  ['POST', '/api/{version}/token',        'credential', 'A token of a member (source 001)'],
  ['POST', '/api/{version}/token/refresh', 'credential', 'A new one for a refresh token'],
  ['POST', '/api/file',                   'credential', 'Upload a file by way of an app (source 003)'],
  ['GET',  '/api/file/{name}',            'anyone',     'A file, by its key'],
  ['GET',  '/healthz',                    'anyone',     'Whether the platform has its database'],
  ['GET',  '/metrics',                    'hq',         'Figures for Prometheus; KAIMEN_METRICS_TOKEN opens it too', 'view-stats'],
  ['GET',  '/openapi.json',               'anyone',     'The management API and the user centre as an OpenAPI document'],
]

// biome-ignore format: a table
const gateway: readonly Cells[] = [
  ['GET',  '/healthz',                    'anyone',     'Whether the gateway has a snapshot, and of which revision'],
  ['POST', '/openapi/token/generate',     'credential', 'A token of an app (source 002)'],
  ['POST', '/openapi/event/push',         'credential', 'Push an event, as on the platform'],
  ['POST', '/api/{version}/token',        'credential', 'A token of a member (source 001)'],
  ['POST', '/api/{version}/token/refresh', 'credential', 'A new one for a refresh token'],
  ['any',  'any other',                   'credential', 'The published interface of that method and path'],
]

export function everyPath(): PathRow[] {
  const row = (listener: PathRow['listener'], [method, path, who, what, permission = '']: Cells) => ({ listener, method, path, who, permission, what }) // biome-ignore format: one thought
  return [
    ...platform.map((cells) => row('platform', cells)),
    ...pagePaths.map(([method, path, who]) =>
      row('platform', [method, path, who, method === 'GET' ? 'A page for people' : 'A form of a page']),
    ),
    ...managementRoutes.map(({ method, path, who, endpoint }) =>
      row('platform', [method, path, who.kind, endpoint.summary.en, 'permission' in who ? who.permission : '']),
    ),
    ...ucenterRoutes.map(({ method, path, endpoint }) => row('platform', [method, path, 'credential', endpoint.summary.en])),
    ...gateway.map((cells) => row('gateway', cells)),
  ]
}
