// Totals of a range: how they are asked for, and a part of them in words.

import { keepPreviousData } from '@tanstack/react-query'
import type { Range } from '../../components/range.tsx'

export function totalsQuery({ from, to, compareFrom }: Range) {
  return { from, to, compareFrom }
}

/** The figures before stay until those of the next moment are there. */
export const staying = { placeholderData: keepPreviousData as never }

/** In per cent, of those that were passed on. */
export function shareOf(part: number, whole: number): string {
  if (whole === 0) return '–'
  const percent = (part / whole) * 100
  return `${percent.toLocaleString(undefined, { maximumFractionDigits: percent < 1 ? 2 : 1 })}%`
}
