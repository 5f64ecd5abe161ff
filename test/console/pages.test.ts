// Who may see a page, beside who the server lets ask for what the page shows first: the two are written in two tables and mean the same.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { managementRoutes } from '#edge/management/routes.ts'
import { type Page, pages } from './pages.ts'

/** What each page asks for first; undefined: nothing that not everybody may. */
const firstRequests: Readonly<Record<string, string | undefined>> = {
  '/': undefined,
  '/apps': 'GET /openapi/app/page',
  '/apps/$id': 'GET /openapi/app/{id}',
  '/interfaces': 'GET /openapi/interface/page',
  '/interfaces/new': 'POST /openapi/interface/add',
  '/interfaces/$id': 'GET /openapi/interface/{id}',
  '/interfaces/import': 'POST /openapi/interface/import',
  '/requests': 'GET /openapi/app/apply/page',
  '/projects': 'GET /openapi/project/page',
  '/projects/sources': 'GET /openapi/projectSource/page',
  '/services': 'GET /openapi/service/page',
  '/users': 'GET /openapi/user/page',
  '/users/$id': 'GET /openapi/user/signIn/{id}',
  '/roles': 'GET /openapi/role/page',
  '/my/apps': 'GET /openapi/app/page',
  '/my/apps/$id': 'GET /openapi/app/{id}',
  '/docs': 'GET /openapi/doc/page',
  '/docs/errors': undefined,
  '/docs/schemes': undefined,
  '/docs/$id': 'GET /openapi/doc/{id}',
  '/statistics': 'GET /openapi/stats/series',
  '/calls': 'GET /openapi/stats/calls',
  '/events': 'GET /openapi/event/page',
  '/events/deliveries': 'GET /openapi/event/delivery/page',
  '/events/callbacks': 'GET /openapi/event/callback/page',
  '/events/$id': 'GET /openapi/event/{id}',
  // Reading them is everybody's; the page is for who changes them.
  '/service-types': 'POST /openapi/serviceType/add',
  '/users/details': 'GET /openapi/userDetail/page',
  '/audit': 'GET /openapi/audit/page',
  '/mails': 'GET /openapi/mail/page',
  '/sms': 'GET /openapi/sms/page',
  '/app-logs': 'GET /openapi/log/page',
  '/settings': 'GET /openapi/setting/page',
  '/settings/keys': 'GET /openapi/oauth/key',
  '/workbench': undefined,
  '/explain': 'GET /openapi/stats/explain/{requestId}',
}

/** Operators' pages about what developers see of their own elsewhere: there the server lets developers ask too. */
const forOperators: ReadonlySet<string> = new Set(['/apps', '/apps/$id', '/requests', '/interfaces', '/interfaces/$id'])

test('who may see a page may ask for what it shows, and nobody else', () => {
  for (const { path, who } of pages) {
    assert.ok(path in firstRequests, `${path} has no row here: name what it asks for first`)
    const key = firstRequests[path]
    const row = managementRoutes.find((one) => `${one.method} ${one.path}` === key)
    if (row === undefined) assert.equal(who, 'signedIn', path)
    else
      assert.equal(said(who), `${forOperators.has(path) ? 'hq' : row.who.kind} ${'permission' in row.who ? row.who.permission : ''}`, path)
  }
})

const said = (who: Page['who']) => (who === 'signedIn' ? 'signedIn ' : 'hq' in who ? `hq ${who.hq}` : `own ${who.own}`)
