// Who takes what is due, and how much of it; what failures of a callback address lead to.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts'
import { explained } from '../../../test/lists.ts'
import { type Ailing, disableCallbacks, type Health, noteHealth } from './callback.store.ts'
import { appsWithDue, claimDeliveries, parkDeliveries, releaseDeliveries, settleDeliveries } from './delivery.store.ts'
import { resendChosen } from './delivery-list.store.ts'
import { createEvent, findEvent, forgetEvents } from './event.store.ts'
import type { Attempt } from './event.ts'
import { renewListening, takeForListener } from './listener.store.ts'

let database: TestDatabase
before(async () => {
  database = await openTestDatabase()
  await database.query(
    `insert into "user" (username, password_hash, email, created_at, updated_at) values ('u', '', 'u@example.com', now(), now())`,
  )
})
beforeEach(() => database.query('delete from callback; delete from delivery_attempt; delete from delivery; delete from event'))
after(() => database.end())

const start = new Date('2026-03-01T00:00:00Z')
const later = (seconds: number) => new Date(start.getTime() + seconds * 1_000)

let made = 0
async function newApp(callbackLimit: number | null = null): Promise<number> {
  const { rows } = await database.query(
    `insert into app (app_id, name, user_id, enabled, internal, schemes, public_keys, ip_allow_list, token_epoch, callback_address, callback_limit, created_at, updated_at)
     values ($1, 'app', 1, true, false, '{}', '[]', '{}', 1, 'http://partner.example', $2, now(), now()) returning id`,
    [`app${++made}`, callbackLimit],
  )
  return rows[0].id
}

async function push(appIds: readonly number[], count = 1, at = start): Promise<number[]> {
  const ids: number[] = []
  for (let number = 0; number < count; number++) {
    const event = { operationId: null, path: '/p', data: '1', senderAppId: 0 }
    const created = await createEvent(database.db, event, appIds, at)
    assert.ok(created !== 'key_taken')
    ids.push(...created.deliveries.map(({ id }) => id))
  }
  return ids
}

const leaseSeconds = 20
async function claim(rooms: Record<number, number>, at = start, lease: string = randomUUID()) {
  const order = { lease, now: at, leaseEndsAt: new Date(at.getTime() + leaseSeconds * 1_000), limit: 1_000 }
  const wanted = new Map(Object.entries(rooms).map(([appId, room]) => [Number(appId), room]))
  const { claimed, unfinished } = await claimDeliveries(database.db, { ...order, rooms: wanted })
  return { lease, ids: claimed.map(({ id }) => id), apps: claimed.map(({ appId }) => appId), unfinished }
}

const attempt = (error: Attempt['error'], at = start): Attempt => ({
  time: at,
  latencyMs: 5,
  status: error ? 500 : 200,
  error,
  response: '',
})
const delivered = (id: number) => ({ id, url: null, attempt: attempt(null), state: 'delivered' as const, dueAt: undefined })
const failed = (id: number, dueAt: Date) => ({ id, url: null, attempt: attempt('refused'), state: 'waiting' as const, dueAt })
const stateOf = async (id: number) => (await database.query('select state, attempts, tries from delivery where id = $1', [id])).rows[0]

test('each app gets as much as there is room for it, however many wait for another', async () => {
  const [busy, quiet] = [await newApp(), await newApp()]
  await push([busy], 200)
  await push([quiet])
  assert.deepEqual(await appsWithDue(database.db, start), [busy, quiet])
  const { apps, unfinished } = await claim({ [busy]: 10, [quiet]: 10 })
  assert.deepEqual([apps.filter((id) => id === busy).length, apps.filter((id) => id === quiet).length], [10, 1])
  assert.deepEqual([...unfinished], [busy])
})

test('what is due is found by an index, whatever waits for apps that get nothing, and whatever PostgreSQL knows of how much that is', async () => {
  const [disabled, shut, open] = [await newApp(), await newApp(), await newApp()]
  await push([disabled, shut])
  await database.query('delete from delivery')
  await push([open], 30)
  await database.query('update app set enabled = false where id = $1', [disabled])
  await disableCallbacks(database.db, [{ appId: shut, why: 'failing' }], start, async () => {})
  await database.query(
    `insert into delivery (event_id, app_id, state, attempts, tries, created_at, due_at)
     select max(event.id), app_id, 'waiting', 0, 0, $1, $1 from event, unnest($2::integer[]) app_id, generate_series(1, 20000) group by app_id, generate_series`,
    [start, [disabled, shut]],
  )
  for (const told of ['not told', 'told']) {
    if (told === 'told') await database.query('analyze delivery, event')
    const { result, plans } = await explained(database.query, async () => [
      await appsWithDue(database.db, start),
      (await claim({ [disabled]: 5, [shut]: 5, [open]: 5 })).ids.length,
    ])
    assert.deepEqual(result, [[open], 5], told)
    assert.equal(plans.length, 2)
    for (const { statement, wholeTables, rowsRead } of plans) {
      assert.ok(!wholeTables.includes('delivery'), `${told}: ${statement}`)
      assert.ok(rowsRead < 300, `${told}: reads ${rowsRead} rows: ${statement}`)
    }
  }
})

test('what is taken is nobody else’s until the lease ends; then it is due again', async () => {
  const app = await newApp()
  const [id] = await push([app])
  const first = await claim({ [app]: 5 })
  assert.deepEqual(first.ids, [id])
  assert.deepEqual((await claim({ [app]: 5 }, later(leaseSeconds - 1))).ids, [])
  const second = await claim({ [app]: 5 }, later(leaseSeconds))
  assert.deepEqual(second.ids, [id])

  await settleDeliveries(database.db, first.lease, [failed(id!, later(60))])
  assert.deepEqual(await stateOf(id!), { state: 'waiting', attempts: 0, tries: 0 }, 'bad news of a lease that was lost is no news')
  await settleDeliveries(database.db, first.lease, [delivered(id!)])
  assert.deepEqual(await stateOf(id!), { state: 'delivered', attempts: 1, tries: 1 }, 'good news is')
  await settleDeliveries(database.db, second.lease, [failed(id!, later(60))])
  assert.equal((await stateOf(id!)).state, 'delivered')
})

test('of several workers at once each takes others', async () => {
  const apps = [await newApp(), await newApp(), await newApp()]
  const all = await push(apps, 40)
  const taken: number[] = []
  for (let round = 0; taken.length < all.length; round++) {
    assert.ok(round < 100)
    const claims = await Promise.all([1, 2, 3].map(() => claim(Object.fromEntries(apps.map((id) => [id, 7])))))
    taken.push(...claims.flatMap(({ ids }) => ids))
  }
  assert.deepEqual(
    taken.toSorted((a, b) => a - b),
    all,
  )
})

test('of those that were chosen to be sent again, what is being tried in this moment is left to that', async () => {
  const app = await newApp()
  const [taken, free] = await push([app], 2)
  await claim({ [app]: 1 })
  const { sent, left } = await resendChosen(database.db, [taken!, free!], undefined, later(1))
  assert.deepEqual([sent, left], [[{ id: free, appId: app }], [{ id: taken, why: 'under_way' }]])
})

test('what is given back is due at once, and only its own', async () => {
  const app = await newApp()
  const ids = await push([app], 2)
  const { lease } = await claim({ [app]: 2 })
  await releaseDeliveries(database.db, randomUUID(), ids, start)
  assert.deepEqual((await claim({ [app]: 2 })).ids, [])
  await releaseDeliveries(database.db, lease, ids, start)
  assert.deepEqual((await claim({ [app]: 2 })).ids, ids)
})

test('no app gets more than its limit, of which a second’s worth may come at once', async () => {
  const app = await newApp(5)
  await push([app], 30)
  const counts = []
  for (const at of [0, 0.1, 0.4, 1.4, 2.4, 2.5]) counts.push((await claim({ [app]: 20 }, later(at))).ids.length)
  assert.deepEqual(counts, [5, 0, 2, 5, 5, 0])
})

const health = (appId: number, more: Partial<Health> = {}): Health => ({
  appId,
  failures: 1,
  lastFailure: attempt('refused'),
  isWell: false,
  isGone: false,
  pauseMs: 0,
  ...more,
})
const note = (one: Health, at = start): Promise<Ailing[]> => noteHealth(database.db, [one], 0, at)

test('after ten failures in a row the breaker opens, then lets one through at a time, longer and longer, until one goes well', async () => {
  const app = await newApp()
  await push([app], 50)
  const taken = async (at: number) => (await claim({ [app]: 10 }, later(at))).ids.length
  for (let number = 0; number < 9; number++) await note(health(app))
  assert.equal(await taken(0), 10)
  // Those that were under way fail too; they open it once.
  await note(health(app, { failures: 9 }))
  await note(health(app, { failures: 9 }))
  assert.deepEqual([await taken(0), await taken(3.9), await taken(4), await taken(4.1)], [0, 0, 1, 1])
  await note(health(app), later(4.2))
  assert.deepEqual([await taken(12.1), await taken(12.2)], [0, 1])
  await note(health(app, { failures: 1, isWell: true }), later(12.3))
  assert.equal(await taken(12.3), 10)
})

test('an address that asks for a pause gets one', async () => {
  const app = await newApp()
  await push([app], 2)
  await note(health(app, { pauseMs: 30_000 }))
  assert.deepEqual((await claim({ [app]: 2 }, later(29))).ids, [])
  assert.deepEqual(await appsWithDue(database.db, later(29)), [])
  assert.equal((await claim({ [app]: 2 }, later(30))).ids.length, 2)
})

test('five days of nothing but failures disable an address, and its owner is told once; what waits is parked', async () => {
  const app = await newApp()
  const [id] = await push([app])
  const day = 86_400
  assert.deepEqual(await note(health(app)), [])
  await note(health(app, { isWell: true }), later(day))
  assert.deepEqual(await note(health(app), later(2 * day)), [])
  assert.deepEqual(await note(health(app), later(7 * day - 1)), [])
  const ailing = await note(health(app), later(7 * day))
  assert.deepEqual(ailing, [{ appId: app, why: 'failing' }])
  const told: string[] = []
  for (let times = 0; times < 2; times++) {
    await disableCallbacks(database.db, ailing, later(7 * day), async (_, disabled) => {
      told.push(...disabled.map(({ email }) => email!))
    })
  }
  assert.deepEqual(told, ['u@example.com'])
  assert.deepEqual(await appsWithDue(database.db, later(8 * day)), [])
  assert.equal(await parkDeliveries(database.db, start, later(7 * day)), 1)
  assert.equal((await stateOf(id!)).state, 'parked')
  assert.deepEqual((await resendChosen(database.db, [id!], undefined, later(7 * day))).left, [{ id, why: 'callback_disabled' }])
  const [after] = await push([app], 1, later(8 * day))
  assert.equal((await stateOf(after!)).state, 'parked', 'it is visible, and can be sent later')
})

test('what nobody could take for as long as we try is parked; what is due otherwise is not', async () => {
  const [shut, open] = [await newApp(), await newApp()]
  const [stale] = await push([shut])
  await database.query('update app set enabled = false where id = $1', [shut])
  const [fresh] = await push([shut, open], 1, later(100))
  assert.equal(await parkDeliveries(database.db, later(50), later(200)), 1)
  assert.deepEqual([(await stateOf(stale!)).state, (await stateOf(fresh!)).state], ['parked', 'waiting'])
})

test('what somebody listens for is not parked, however old it is and whatever became of the address', async () => {
  const app = await newApp()
  const [id] = await push([app])
  await disableCallbacks(database.db, [{ appId: app, why: 'gone' }], later(1), async () => {})
  await renewListening(database.db, app, later(200))
  assert.equal(await parkDeliveries(database.db, later(50), later(210)), 0)
  assert.deepEqual((await takeForListener(database.db, app, randomUUID(), later(210))).map((taken) => taken.id), [id]) // biome-ignore format: one thought
  assert.equal(await parkDeliveries(database.db, later(50), later(300)), 1)
})

test('old events go with all that belongs to them, but for those that still wait', async () => {
  const app = await newApp()
  const [done, waiting] = await push([app], 2)
  const { lease } = await claim({ [app]: 1 })
  await settleDeliveries(database.db, lease, [delivered(done!)])
  const [young] = await push([app], 1, later(100))
  assert.equal(await forgetEvents(database.db, later(50)), 1)
  const { rows } = await database.query('select id from delivery order by id')
  assert.deepEqual(rows.map(({ id }) => Number(id)), [waiting, young]) // biome-ignore format: one thought
  assert.equal((await database.query('select from delivery_attempt')).rowCount, 0)
  const { rows: events } = await database.query('select id from event order by id')
  assert.equal(events.length, 2)
  assert.ok(await findEvent(database.db, Number(events[0].id), undefined))
})
