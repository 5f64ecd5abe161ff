/** Where two texts part: the first index at which they differ, undefined when they are one. Pure, without Node. */
export function firstDifference(a: string, b: string): number | undefined {
  if (a === b) return undefined
  let at = 0
  while (a[at] === b[at]) at++
  return at
}
