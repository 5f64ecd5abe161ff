import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'drizzle-orm'
import { openTestDatabase } from '../../test/database.ts'
import { containsByIndex, pageNewest } from './page.ts'
import { project } from './schema.ts'

test('by the index of pieces just those texts are found that contain the other, literally and in any case', async () => {
  const { db, end } = await openTestDatabase()
  const now = new Date()
  const names = ['北京停车场', '停 车', '车停', 'Parking', 'PARK%ING', 'park_ing', 'pa', 'p', '🚗停🚗', 'a\\b', 'kinking', 'gni king']
  await db.insert(project).values(names.map((name) => ({ name, createdAt: now, updatedAt: now })))
  const texts = [
    '停车',
    '车停',
    '停',
    'park',
    'PA',
    'P',
    '%',
    '_',
    'k%',
    'k_i',
    '🚗',
    '🚗停',
    'a\\b',
    'king',
    'kini',
    '',
    ' ',
    '没有',
    'arking',
    'gk',
  ]
  for (const text of texts) {
    const rows = await db.select({ name: project.name }).from(project).where(containsByIndex(project.name, text)).orderBy(sql`id`)
    const expected = names.filter((name) => name.toLowerCase().includes(text.toLowerCase()))
    assert.deepEqual(rows.map(({ name }) => name), expected, text) // biome-ignore format: one thought
  }
  await end()
})

test('all pages together are all rows, newest first and each once, from whichever end they are reached', async () => {
  const { db, end } = await openTestDatabase()
  const now = new Date()
  await db.insert(project).values(Array.from({ length: 23 }, (_, at) => ({ name: `停车 ${at}`, createdAt: now, updatedAt: now })))
  const all = (await db.select({ id: project.id }).from(project)).map(({ id }) => id).toSorted((a, b) => b - a)
  for (const text of [undefined, '停车']) {
    const where = text === undefined ? undefined : containsByIndex(project.name, text)
    for (const size of [1, 4, 10, 12, 23, 30]) {
      const pages = []
      for (let current = 1; current <= Math.ceil(23 / size); current++)
        pages.push(await pageNewest(db, project, where, { current, size }, text))
      const ids = pages.map(({ records }) => records.map(({ id }) => id))
      assert.deepEqual(ids.flat(), all, `${size} a page`)
      assert.ok(ids.slice(0, -1).every((page) => page.length === size))
      assert.ok(pages.every(({ total }) => total === 23))
      assert.deepEqual((await pageNewest(db, project, where, { current: 24, size }, text)).records, [])
    }
  }
  await end()
})
