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

/** The instant that a wire time names, or undefined when it names none: a wrong form, a 30th of February. */
export function fromWireTime(text: string, timeZone: string): Date | undefined {
  const time = DateTime.fromFormat(text, wireFormat, { zone: timeZone })
  return time.isValid ? time.toJSDate() : undefined
}
