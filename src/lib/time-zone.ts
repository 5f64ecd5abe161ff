/** Whether there is an IANA time zone of this name. Apart from `time.ts`, so that reading settings does not load a calendar library. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
