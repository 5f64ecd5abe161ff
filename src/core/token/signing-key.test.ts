import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { signingKeyDocuments } from '#core/feed/feed.store.ts'
import { createSealer } from '#lib/seal.ts'
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts'
import { openLiveTokens } from './live-tokens.ts'
import { rotateSigningKey, turnSigningKeys } from './signing-key.ts'

const sealer = createSealer(randomBytes(32))
const lives = { sessionTtl: 7 * 86_400, tokenTtl: 2 * 86_400 }
const start = Date.UTC(2026, 0, 1)
const minutes = (count: number) => new Date(start + count * 60_000)
const days = (count: number) => minutes(count * 1_440)

let database: TestDatabase
before(async () => {
  database = await openTestDatabase()
})
after(() => database.end())

const turn = (now: Date) => turnSigningKeys(database.db, sealer, lives, now)
const keys = () => signingKeyDocuments(database.db)
const open = () => openLiveTokens(database.db, sealer)
const kidOf = (token: string): string => JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).kid

test('a new key is there before it signs, the old one verifies what it signed, and is then deleted but for what never ends', async () => {
  await turn(minutes(0))
  const [first, ...none] = await keys()
  assert.deepEqual(none, [])
  const tokens = await open()
  const sign = (kind: 'app' | 'session' | 'permanent' | 'node', now: Date) =>
    tokens.sign(
      kind,
      kind === 'app' || kind === 'session' ? { sub: 'a', exp: now.getTime() / 1000 + 7 * 86_400 } : { sub: 'a' },
      now.getTime(),
    )

  await rotateSigningKey(database.db, sealer, minutes(10), minutes(10))
  const [, second] = await keys()
  await tokens.refresh()
  assert.equal(kidOf(sign('app', minutes(14))), first!.kid)
  assert.equal(kidOf(sign('app', minutes(15))), second!.kid)

  const [session, permanent, node] = [sign('session', minutes(14)), sign('permanent', minutes(14)), sign('node', minutes(14))]
  // A gateway that was not reached may sign by it a day longer.
  await turn(days(7.9))
  assert.equal((await keys())[0]!.retired, false)
  await tokens.refresh()
  assert.equal(typeof tokens.verify('session', session, days(6.9).getTime()), 'object')

  await turn(days(8.1))
  await tokens.refresh()
  const [retired, live] = await keys()
  assert.deepEqual([retired!.kid, retired!.retired, retired!.privateKeySealed, live!.retired], [first!.kid, true, '', false])
  // What bears an end is not even asked for it.
  assert.equal(tokens.verify('session', session, minutes(14).getTime()), 'invalid')
  for (const [kind, text] of Object.entries({ permanent, node } as const))
    assert.equal(typeof tokens.verify(kind as 'permanent' | 'node', text, days(400).getTime()), 'object', kind)
})

test('by age: one new key after ninety days, whichever platform comes first; the last key is never taken away', async () => {
  const before = (await keys()).length
  await turn(days(89))
  assert.equal((await keys()).length, before)
  await Promise.all([turn(days(91)), turn(days(91)), turn(days(91))])
  assert.equal((await keys()).length, before + 1)
  await turn(days(900))
  await turn(days(1_000))
  assert.ok((await keys()).some(({ retired }) => !retired))
})
