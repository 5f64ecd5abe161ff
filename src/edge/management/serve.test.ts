import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import cookies from '@fastify/cookie'
import { desc, eq } from 'drizzle-orm'
import Fastify from 'fastify'
import { readConfig } from '#config/read.ts'
import { fault } from '#core/fault.ts'
import { signingKeyDocuments } from '#core/feed/feed.store.ts'
import { prepareFirstStart } from '#core/instance/instance.store.ts'
import { createTokens } from '#core/token/token.ts'
import { createPasswords } from '#core/user/password.ts'
import type { Db } from '#db/open.ts'
import { audit, serviceType, session as sessions } from '#db/schema.ts'
import { createSealer } from '#lib/seal.ts'
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts'
import { anyone, endpoint, type ManagementDeps, openEndpoint, route, signedIn } from './endpoint.ts'
import { answerFault, serveManagement } from './serve.ts'

let database: TestDatabase
const server = Fastify({ genReqId: () => randomUUID() })
let session: string

before(async () => {
  database = await openTestDatabase()
  const { db } = database
  const now = new Date()
  const sealer = createSealer(randomBytes(32))
  await prepareFirstStart(db, { sealer, passwords: createPasswords(), adminPassword: 'x', userDetails: [], now, announce: () => {} })
  const tokens = createTokens(await signingKeyDocuments(db), sealer)
  const jti = randomUUID()
  const expiresAt = new Date(now.getTime() + 3_600_000)
  await db.insert(sessions).values({ id: jti, userId: 1, createdAt: now, seenAt: now, expiresAt })
  session = tokens.sign('session', { sub: '1', jti, exp: Math.floor(expiresAt.getTime() / 1000) }, now.getTime())

  const deps = { db, dbAs: database.as, config: readConfig({}, database.url), tokens, now: () => new Date() } as unknown as ManagementDeps
  const summary = { en: 'x', zh: 'x' }
  const insert = (db: Db, id: number) => db.insert(serviceType).values({ id, titleZh: '类', titleEn: 'kind' })
  async function refuseAfterWriting(id: number, { db }: ManagementDeps): Promise<never> {
    await insert(db, id)
    throw fault('conflict')
  }
  server.register(cookies)
  serveManagement(
    server,
    [
      route('PUT', '/whole', signedIn, endpoint({ summary, handle: (_, deps) => refuseAfterWriting(11, deps) })),
      route('PUT', '/kept', signedIn, endpoint({ summary, ownTransactions: true, handle: (_, deps) => refuseAfterWriting(12, deps) })),
      route('POST', '/open', anyone, openEndpoint({ summary, handle: (_, deps) => refuseAfterWriting(13, deps) })),
      route('DELETE', '/done/{id}', signedIn, endpoint({ summary, handle: async (_, { db }) => void (await insert(db, 14)) })),
    ],
    deps,
  )
  server.setErrorHandler(answerFault)
})
after(async () => {
  await server.close()
  await database.end()
})

async function call(method: 'PUT' | 'POST' | 'DELETE', url: string): Promise<number> {
  return (await server.inject({ method, url, headers: { token: session } })).statusCode
}

async function isThere(id: number): Promise<boolean> {
  return (await database.db.$count(serviceType, eq(serviceType.id, id))) > 0
}

async function lastActor() {
  const [row] = await database.db
    .select({ userId: audit.userId, username: audit.username, ip: audit.ip, route: audit.route })
    .from(audit)
    .orderBy(desc(audit.id))
    .limit(1)
  return row
}

test('what a signed-in person does is done whole or not at all', async () => {
  assert.equal(await call('PUT', '/whole'), 409)
  assert.equal(await isThere(11), false)
  assert.equal(await call('DELETE', '/done/1'), 200)
  assert.equal(await isThere(14), true)
  assert.deepEqual(await lastActor(), { userId: 1, username: 'admin', ip: '127.0.0.1', route: 'DELETE /done/{id}' })
})

test('an endpoint with transactions of its own keeps what it wrote, and says who it was all the same', async () => {
  assert.equal(await call('PUT', '/kept'), 409)
  assert.equal(await isThere(12), true)
  assert.equal((await lastActor())!.username, 'admin')
})

test('so does one for anyone, with what is known', async () => {
  assert.equal(await call('POST', '/open'), 409)
  assert.equal(await isThere(13), true)
  assert.deepEqual(await lastActor(), { userId: null, username: null, ip: '127.0.0.1', route: 'POST /open' })
})
