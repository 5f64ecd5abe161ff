import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCalendar } from './calendar.ts'

/** What a calendar says that was asked of the hours before as well. */
function check(timeZone: string, at: string, dayEndsAt: string, monthEndsAt: string) {
  test(`${timeZone} ${at}`, () => {
    const calendar = createCalendar(timeZone)
    const now = Date.parse(at)
    for (let ago = 3; ago > 0; ago--) calendar(now - ago * 3_600_000)
    const today = calendar(now)
    assert.deepEqual([today.dayEndsAt, today.monthEndsAt].map((ms) => new Date(ms).toISOString()), [dayEndsAt, monthEndsAt]) // biome-ignore format: one thought
    assert.deepEqual([calendar(today.dayEndsAt - 1).day, calendar(today.monthEndsAt - 1).month], [today.day, today.month])
    assert.ok(calendar(today.dayEndsAt).day !== today.day && calendar(today.monthEndsAt).month !== today.month)
  })
}

check('Asia/Shanghai', '2026-12-31T15:59:59.999Z', '2026-12-31T16:00:00.000Z', '2026-12-31T16:00:00.000Z')
check('Asia/Shanghai', '2028-02-28T16:00:00.000Z', '2028-02-29T16:00:00.000Z', '2028-02-29T16:00:00.000Z')
// A month after a 31st.
check('Asia/Kolkata', '2027-01-31T12:00:00.000Z', '2027-01-31T18:30:00.000Z', '2027-01-31T18:30:00.000Z')
// Days of 23 and 25 hours; of one that has no midnight, and of one that has two.
check('Europe/Berlin', '2026-03-29T12:00:00.000Z', '2026-03-29T22:00:00.000Z', '2026-03-31T22:00:00.000Z')
check('America/New_York', '2026-11-01T12:00:00.000Z', '2026-11-02T05:00:00.000Z', '2026-12-01T05:00:00.000Z')
check('America/Santiago', '2026-09-05T12:00:00.000Z', '2026-09-06T04:00:00.000Z', '2026-10-01T03:00:00.000Z')
check('America/Havana', '2026-10-31T12:00:00.000Z', '2026-11-01T04:00:00.000Z', '2026-11-01T04:00:00.000Z')
check('America/Havana', '2026-11-01T04:30:00.000Z', '2026-11-02T05:00:00.000Z', '2026-12-01T05:00:00.000Z')
