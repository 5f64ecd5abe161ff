// The database is stopped while the platform runs: every face says so, in its own form, and that it is worth coming again; and when the
// database is back, so is everything.

import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openDataDir } from '#supervisor/data-dir.ts'
import { type EmbeddedPostgres, openPostgres } from '#supervisor/embedded-postgres.ts'
import { type Answer, adminPassword, type Call, type House, openHouse, send, type TestApp } from '../house.ts'
import { authorize, Browser, callback, newClient, postForm } from '../oauth.ts'

const folder = mkdtempSync(join(tmpdir(), 'kaimen-away-'))
// The database does not run as root, and its user has to pass through here.
chmodSync(folder, 0o711)
const place = openDataDir(join(folder, 'data'))
const start = () => openPostgres({ dataDir: place.path, runDir: place.runDir, say: () => {} })

let postgres: EmbeddedPostgres
let house: House
let client: TestApp
let accessToken: string
before(async () => {
  postgres = await start()
  process.env.TEST_DATABASE_URL = postgres.url
  house = await openHouse({ settings: { KAIMEN_PASSWORD_GRANT: 'true' } })
  client = await newClient(house, { internal: true })
  accessToken = (await token({ grant_type: 'password', username: 'admin', password: adminPassword })).json.access_token
})
after(async () => {
  await house.close()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
  rmSync(place.runDir, { recursive: true, force: true })
})

const token = (fields: Record<string, string>) => postForm(house.platformUrl, '/oauth/token', fields, client)

/** Comes again shortly, and says why. */
function isAway(answer: Answer, what: string): void {
  assert.equal(answer.status, 503, `${what}: ${answer.status} ${answer.text}`)
  assert.equal(answer.headers.get('retry-after'), '1', what)
}

test('while it is away every face answers 503 with `Retry-After` and its own name for it', async () => {
  const browser = new Browser(house.platformUrl)
  assert.equal((await browser.get('/login')).status, 200)
  await postgres.stop()

  const bearer = { authorization: `Bearer ${accessToken}` }
  const ofOAuth: [string, () => Promise<Answer>][] = [
    ['a token for itself', () => token({ grant_type: 'client_credentials' })],
    ['a code', () => token({ grant_type: 'authorization_code', code: 'x'.repeat(43), redirect_uri: callback })],
    ['a refresh', () => token({ grant_type: 'refresh_token', refresh_token: 'x'.repeat(43) })],
    ['a password', () => token({ grant_type: 'password', username: 'admin', password: adminPassword })],
    ['introspection', () => postForm(house.platformUrl, '/oauth/introspect', { token: accessToken }, client)],
    ['revocation', () => postForm(house.platformUrl, '/oauth/revoke', { token: accessToken }, client)],
    ['userinfo', () => send(house.platformUrl, { method: 'GET', path: '/oauth/userinfo', headers: bearer })],
  ]
  for (const [what, ask] of ofOAuth) {
    const answer = await ask()
    isAway(answer, what)
    assert.equal(answer.json.error, 'temporarily_unavailable', what)
  }

  const asked = new URLSearchParams({ client_id: client.appId, redirect_uri: callback, response_type: 'code', scope: 'openid' })
  const json = (method: string, path: string): Call => ({ method, path, headers: { ...bearer, 'content-type': 'application/json' } })
  const credentials = { grant_type: 'client_credentials', client_id: client.appId, client_secret: client.appSecret }
  const others: [string, () => Promise<Answer>][] = [
    ['GET /api/user', () => send(house.platformUrl, json('GET', '/api/user'))],
    ['POST /api/oauth/accessToken', () => house.manage('POST', '/api/oauth/accessToken', credentials)],
    ['GET /openapi/app/page', () => house.manage('GET', '/openapi/app/page', undefined, house.admin)],
    ['POST /openapi/app/add', () => house.manage('POST', '/openapi/app/add', { name: 'later' }, house.admin)],
    ['GET /openapi/user/captcha', () => house.manage('GET', '/openapi/user/captcha')],
  ]
  for (const [what, ask] of others) {
    const answer = await ask()
    isAway(answer, what)
    assert.equal(answer.fault, 'database_unavailable', what)
  }

  const pages = [`/oauth/authorize?${asked}`, '/account']
  for (const path of pages) {
    const answer = await send(house.platformUrl, {
      method: 'GET',
      path,
      headers: { accept: 'text/html', cookie: `kaimen=${house.admin}` },
    })
    isAway(answer, path)
    assert.match(answer.text, /The database cannot be reached|暂时无法连接数据库/, path)
  }
  // What needs no database goes on.
  for (const path of ['/.well-known/openid-configuration', '/oauth/jwks', '/login', '/openapi.json'])
    assert.equal((await browser.get(path)).status, 200, path)
})

test('when it is back, so is everything, without a start of the platform', async () => {
  postgres = await start()
  assert.equal((await token({ grant_type: 'client_credentials' })).status, 200)
  assert.ok((await authorize(new Browser(house.platformUrl), { client })).searchParams.get('code'))
  await house.done('GET', '/openapi/app/page')
})
