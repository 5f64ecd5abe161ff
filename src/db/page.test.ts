import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'drizzle-orm'
import { openTestDatabase } from '../../test/house.ts'
import { containsByIndex } from './page.ts'
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
