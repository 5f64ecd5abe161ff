// Counting what may happen so often.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { pino } from 'pino'
import { type Database, openDatabase } from '#db/open.ts'
import { newDatabase } from '../../../test/database.ts'
import { type Bound, countAttempt, findAttempts } from './attempt.store.ts'

let made: { url: string; drop(): Promise<void> }
let database: Database

before(async () => {
  made = await newDatabase()
  database = await openDatabase(made.url, pino({ level: 'silent' }))
})
after(async () => {
  await database.close()
  await made.drop()
})

const at = (second: number) => new Date(1_800_000_000_000 + second * 1000)
const count = async (bound: Bound, second: number) => {
  const { count, resetsAt } = await countAttempt(database.db, bound, at(second))
  return [count, (resetsAt.getTime() - at(0).getTime()) / 1000]
}

test('twenty at once count twenty', async () => {
  const bound = { key: 'at once', max: 3, forMs: 60_000 }
  const counted = await Promise.all(Array.from({ length: 20 }, () => countAttempt(database.db, bound, at(0))))
  assert.deepEqual(
    counted.map((one) => one.count).sort((a, b) => a - b),
    Array.from({ length: 20 }, (_, n) => n + 1),
  )
})

test('the time begins with the first, and after it everything begins anew', async () => {
  const bound = { key: 'fixed', max: 2, forMs: 60_000 }
  assert.deepEqual(await count(bound, 0), [1, 60])
  assert.deepEqual(await count(bound, 30), [2, 60])
  assert.deepEqual(await count(bound, 59), [3, 60])
  assert.equal((await findAttempts(database.db, ['fixed'], at(59))).get('fixed')?.count, 3)
  assert.equal((await findAttempts(database.db, ['fixed'], at(60))).size, 0)
  assert.deepEqual(await count(bound, 60), [1, 120])
})

test('a bound that renews holds from the last attempt on, once it is reached', async () => {
  const bound = { key: 'renews', max: 3, forMs: 60_000, renews: true } as const
  assert.deepEqual(await count(bound, 0), [1, 60])
  assert.deepEqual(await count(bound, 10), [2, 60])
  assert.deepEqual(await count(bound, 20), [3, 80])
  assert.deepEqual(await count(bound, 79), [4, 139])
  assert.deepEqual(await count(bound, 139), [1, 199])
})
