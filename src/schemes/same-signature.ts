import { timingSafeEqual } from 'node:crypto'

/** Compares two signatures in a time that depends on their lengths only. */
export function isSameSignature(expected: string, given: string): boolean {
  const a = Buffer.from(expected)
  const b = Buffer.from(given)
  return a.length === b.length && timingSafeEqual(a, b)
}
