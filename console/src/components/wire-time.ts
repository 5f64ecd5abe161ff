// Times as the platform writes them, `YYYY-MM-DD HH:mm:ss` in its own zone, and as a browser's field for date and time holds them.

export function wireTime(at: number, timeZone: string): string {
  // Swedish writes times as the platform does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(at)
}

/** As if the zone had no summer time: the same hour of another day. */
export const clockMs = (time: string) => Date.parse(`${time.replace(' ', 'T')}Z`)

export const asLocal = (wire: string) => wire.replace(' ', 'T')

/** Browsers leave out seconds that are none; undefined while it is only half typed. */
export function fromLocal(local: string): string | undefined {
  if (!/^2\d{3}-/.test(local)) return undefined
  return `${local.replace('T', ' ')}${local.length === 16 ? ':00' : ''}`
}
