// Values of JSON that PostgreSQL can hold, and that nobody's recursion ends in: not deep, no NUL, no lone surrogate.

export const depthMax = 64

export function isStorable(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return isStorableText(value)
  if (typeof value !== 'object' || value === null) return true
  if (depth === depthMax) return false
  return Object.entries(value).every(([name, one]) => isStorableText(name) && isStorable(one, depth + 1))
}

function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** Also true for what contains itself. */
export function isDeeperThan(max: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return max === 0 || Object.values(value).some((one) => isDeeperThan(max - 1, one))
}
