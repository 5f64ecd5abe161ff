import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'drizzle-orm'
import { openTestDatabase } from '../../test/database.ts'
import { byPinyin, containsByIndex, pageOfList, type Sort, sortBy } from './page.ts'
import { project } from './schema.ts'

test('by the index of pieces just those texts are found that contain the other, literally and in any case', async () => {
  await using database = await openTestDatabase()
  const { db } = database
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
})

test('all pages together are all rows, newest first and each once, from whichever end they are reached', async () => {
  await using database = await openTestDatabase()
  const { db } = database
  const now = new Date()
  await db.insert(project).values(Array.from({ length: 23 }, (_, at) => ({ name: `停车 ${at}`, createdAt: now, updatedAt: now })))
  const all = (await db.select({ id: project.id }).from(project)).map(({ id }) => id).toSorted((a, b) => b - a)
  for (const text of [undefined, '停车']) {
    const where = text === undefined ? undefined : containsByIndex(project.name, text)
    for (const size of [1, 4, 10, 12, 23, 30]) {
      const pages = []
      for (let current = 1; current <= Math.ceil(23 / size); current++)
        pages.push(await pageOfList(db, project, where, { current, size }, { searched: [text] }))
      const ids = pages.map(({ records }) => records.map(({ id }) => id))
      assert.deepEqual(ids.flat(), all, `${size} a page`)
      assert.ok(ids.slice(0, -1).every((page) => page.length === size))
      assert.ok(pages.every(({ total }) => total === 23))
      assert.deepEqual((await pageOfList(db, project, where, { current: 24, size }, { searched: [text] })).records, [])
    }
  }
})

test('a sorted list is all rows in that order, each once, from whichever end it is reached, and those without a value are at one end', async () => {
  await using database = await openTestDatabase()
  const { db } = database
  const now = new Date()
  // By Pinyin: bei, guang, shang. Two have one name.
  const names = ['上海停车', 'b', '北京停车', 'A', '广州停车', '上海停车']
  const values = names.map((name, at) => ({ name, code: at % 2 ? `C${at}` : null, createdAt: now, updatedAt: now }))
  const rows = await db.insert(project).values(values).returning()
  const expected = { name: ['北京停车', '广州停车', '上海停车', '上海停车', 'A', 'b'], code: ['C1', 'C3', 'C5', null, null, null] }
  const columns = { name: byPinyin(project.name), code: project.code }
  for (const by of ['name', 'code'] as const) {
    for (const isDescending of [false, true]) {
      const sort: Sort<'name' | 'code'> = { by, isDescending }
      for (const text of [undefined, 'b', '停车']) {
        const where = text === undefined ? undefined : containsByIndex(project.name, text)
        const found = []
        for (let current = 1; current <= 3; current++) {
          const options = { sort: sortBy(columns, sort), searched: [text] }
          found.push(...(await pageOfList(db, project, where, { current, size: 2 }, options)).records)
        }
        const matching = rows.filter(({ name }) => name.toLowerCase().includes(text ?? ''))
        assert.deepEqual(new Set(found.map(({ id }) => id)), new Set(matching.map(({ id }) => id)), `${by} ${text}`)
        const inOrder = isDescending ? expected[by].toReversed() : expected[by]
        if (text === undefined) assert.deepEqual(found.map((row) => row[by]), inOrder) // biome-ignore format: one thought
      }
    }
  }
})
