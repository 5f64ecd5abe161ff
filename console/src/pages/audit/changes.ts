// What differs between two states of a row, place by place, so that of a large document only what changed is read.

import { isObject } from '../../json.ts'

export interface Change {
  /** `limits.perSecond` */
  readonly place: string
  /** Undefined: it was not there, or is not there any more. */
  readonly before: string | undefined
  readonly after: string | undefined
}

type Row = Readonly<Record<string, unknown>>

export function changesOf(before: Row | null, after: Row | null): readonly Change[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
  return [...names].flatMap((name) => changesAt(name, before?.[name], after?.[name]))
}

function changesAt(place: string, before: unknown, after: unknown): readonly Change[] {
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...names].flatMap((name) => changesAt(`${place}.${name}`, before[name], after[name]))
  }
  const [was, is] = [written(before), written(after)]
  // Masked on both sides, two secrets look the same: that one was changed is worth a line.
  return was === is && was !== '***' ? [] : [{ place, before: was, after: is }]
}

function written(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value)
}
