import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDetailName } from '#lib/detail-name.ts'
import type { DetailRow } from './detail.store.ts'
import { detailsOnWire, flawOf } from './detail.ts'

const at = new Date(0)
const field = (name: string, type: DetailRow['type'], required = false): DetailRow => ({
  ...{ id: 1, name, title: name.toUpperCase(), type, required, order: 1 },
  ...{ createdAt: at, updatedAt: at },
})
const fields = [field('school', 'text'), field('height', 'number'), field('born', 'date'), field('sex', 'text', true)]

function check(values: Record<string, string>, problem: string | undefined): void {
  test(`${JSON.stringify(values).slice(0, 60)} ${problem ?? 'is well'}`, () => assert.equal(flawOf(values, fields)?.problem, problem))
}
check({}, undefined)
check({ school: '清华大学\n二校门', height: '1.75', born: '2000-02-29', sex: '男' }, undefined)
check({ school: '', height: '', born: '' }, undefined)
check({ sex: '' }, 'detail_required')
check({ school: 'x'.repeat(500) }, undefined)
check({ school: 'x'.repeat(501) }, 'detail_text')
check({ school: 'a\0' }, 'detail_text')
check({ school: '\ud800' }, 'detail_text')
check({ height: '1,75' }, 'detail_number')
check({ height: '1e9' }, 'detail_number')
check({ height: ' 1' }, 'detail_number')
check({ born: '2001-02-29' }, 'detail_date')
check({ born: '2001-2-1' }, 'detail_date')

test('every field is shown, in order; what was told under others is not', () => {
  assert.deepEqual(Object.entries(detailsOnWire({ school: 'x', gone: 'y' }, fields)), [
    ['school', { title: 'SCHOOL', value: 'x' }],
    ['height', { title: 'HEIGHT', value: '' }],
    ['born', { title: 'BORN', value: '' }],
    ['sex', { title: 'SEX', value: '' }],
  ])
})

test('a field may not be called as parameters are', () => {
  assert.ok(isDetailName('position_2'))
  for (const name of ['', '1a', 'a-b', 'a b', 'username', 'access_token', '__proto__', 'a'.repeat(33)]) assert.ok(!isDetailName(name), name)
})
