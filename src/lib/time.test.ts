import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterSecond, fromWireTime, toWireTime } from './time.ts'

test('wire times are wall-clock times of the zone', () => {
  const at = new Date('2026-01-01T00:00:00Z')
  assert.equal(toWireTime(at, 'Asia/Shanghai'), '2026-01-01 08:00:00')
  assert.deepEqual(fromWireTime('2026-01-01 08:00:00', 'Asia/Shanghai'), at)
})

for (const wrong of [
  '2026-02-30 00:00:00',
  '2026-01-01',
  '2026-01-01 24:01:00',
  ' 2026-01-01 00:00:00',
  '2026-1-1 0:0:0',
  '',
  '0000-01-01 00:00:00',
]) {
  test(`"${wrong}" is no time`, () => assert.equal(fromWireTime(wrong, 'Asia/Shanghai'), undefined))
}

for (const timeZone of ['Asia/Shanghai', 'America/New_York']) {
  test(`the first and the last second that can be written are times that can be kept: ${timeZone}`, () => {
    for (const text of ['0001-01-01 00:00:00', '9999-12-31 23:59:59']) {
      const at = fromWireTime(text, timeZone)!
      for (const kept of [at, afterSecond(at)]) assert.match(kept.toISOString(), /^(0001|9999)-/)
    }
  })
}
