// Days and months of a time zone as numbers, looked up anew only when a day is over.

import { DateTime } from 'luxon'

export interface CalendarDay {
  /** Another number each day. */
  readonly day: number
  /** Another number each month. */
  readonly month: number
  /** Epoch milliseconds. */
  readonly dayEndsAt: number
  readonly monthEndsAt: number
}

export function createCalendar(timeZone: string): (now: number) => CalendarDay {
  let today: CalendarDay & { beginsAt: number } = { day: 0, month: 0, dayEndsAt: 0, monthEndsAt: 0, beginsAt: 0 }
  return (now) => {
    if (now >= today.beginsAt && now < today.dayEndsAt) return today
    const local = DateTime.fromMillis(now, { zone: timeZone })
    today = {
      day: local.year * 400 + local.ordinal,
      month: local.year * 12 + local.month,
      beginsAt: firstOf(local.startOf('day')),
      dayEndsAt: firstOf(local.plus({ days: 1 }).startOf('day')),
      monthEndsAt: firstOf(local.plus({ months: 1 }).startOf('month')),
    }
    return today
  }
}

/** Where clocks go back from 1 to 0 o'clock it is midnight twice. */
function firstOf(midnight: DateTime): number {
  return midnight.getPossibleOffsets()[0]!.toMillis()
}
