// Times on the wire: `YYYY-MM-DD HH:mm:ss` in the platform's time zone. Inside, a point in time is a `Date` or epoch milliseconds.

import { DateTime } from 'luxon'

const wireFormat = 'yyyy-MM-dd HH:mm:ss'

export function toWireTime(at: Date, timeZone: string): string {
  if (at.getTime() !== last.at || timeZone !== last.timeZone) {
    last = { at: at.getTime(), timeZone, text: DateTime.fromJSDate(at, { zone: timeZone }).toFormat(wireFormat) }
  }
  return last.text
}

/** What was written together bears one time, and is told together. */
let last = { at: Number.NaN, timeZone: '', text: '' }

/** The instant that a wire time names, or undefined when it names none: a wrong form, a 30th of February, a year 0. */
export function fromWireTime(text: string, timeZone: string): Date | undefined {
  const time = DateTime.fromFormat(text, wireFormat, { zone: timeZone })
  return time.isValid && time.year > 0 ? keepable(time.toMillis()) : undefined
}

/** What that second is the last of: a range ends before this. */
export function afterSecond(at: Date): Date {
  return keepable(at.getTime() + 1_000)
}

// In a zone east or west of Greenwich the first and the last of years are others there, which PostgreSQL and ISO 8601 write differently.
const [firstMs, lastMs] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')]
const keepable = (ms: number) => new Date(Math.min(Math.max(ms, firstMs), lastMs))
