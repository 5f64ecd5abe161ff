// What else may be told of a person (source 003's `details`): fields that operators define, each with a title, and a value that is a text.

import type { Detail } from '#core/fault.ts'
import type { DetailRow } from './detail.store.ts'

export const detailTypes = ['text', 'number', 'date'] as const
export type DetailType = (typeof detailTypes)[number]

/** Together they are sent with every answer about a person. */
export const detailsMax = 50
const valueLengthMax = 500

/** Those of source 003; others are called as they are until somebody gives them a title. */
const knownTitles: Readonly<Record<string, string>> = { position: '职位', address: '地址', department: '部门', school: '学校', sex: '性别' }
export const titleOf = (name: string) => knownTitles[name] ?? name

/** Why the values cannot be, if they cannot. An empty one takes back what was told before. */
export function flawOf(values: Readonly<Record<string, string>>, fields: readonly DetailRow[]): Detail | undefined {
  for (const { name, type, required } of fields) {
    const value = values[name]
    if (value === undefined) continue
    const problem = value === '' ? required && 'detail_required' : !isOf(type, value) && (`detail_${type}` as const)
    if (problem) return { reason: 'field', name, problem }
  }
  return undefined
}

function isOf(type: DetailType, value: string): boolean {
  if (type === 'number') return /^-?\d{1,15}(\.\d{1,10})?$/.test(value)
  if (type === 'date') return /^\d{4}-\d\d-\d\d$/.test(value) && isDay(value)
  return value.length <= valueLengthMax && value.isWellFormed() && !/[^\P{Cc}\t\n]/u.test(value)
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

export type DetailsOnWire = Record<string, { title: string; value: string }>

/** All fields in their order, those that nothing was told of empty. */
export function detailsOnWire(told: Readonly<Record<string, string>>, fields: readonly DetailRow[]): DetailsOnWire {
  return Object.fromEntries(fields.map(({ name, title }) => [name, { title, value: Object.hasOwn(told, name) ? told[name]! : '' }]))
}
