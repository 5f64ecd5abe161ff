// Pieces that several endpoints share: how ids, pages, times and texts look on the wire.

import { z } from 'zod'
import type { Config } from '#config.ts'
import { fault, problem } from '#core/fault.ts'
import type { Page, PageRequest, Sort } from '#db/page.ts'
import { fromWireTime, toWireTime } from '#lib/time.ts'
import type { Language } from '#text/text.ts'

const idMax = 2_147_483_647

/** Ids in a path or a query are texts of digits; in a body they are integers. */
export const idText = z
  .string()
  .regex(/^[1-9]\d{0,9}$/)
  .transform(Number)
  .pipe(z.int().max(idMax))
/** Of things of which there are more than an `int4` counts. */
export const wideIdText = z
  .string()
  .regex(/^[1-9]\d{0,15}$/)
  .transform(Number)
  .pipe(z.int())
/** `1,2,3` in a query, each once. */
export const idList = (max: number) =>
  z
    .string()
    .transform((given) => [...new Set(given.split(','))])
    .pipe(z.array(idText).min(1).max(max))
export const id = z.int().min(1).max(idMax)
/** Several in a query, separated by commas; one that stands there twice counts once. */
export const idsText = (max: number) =>
  z
    .string()
    .transform((given) => [...new Set(given.split(','))])
    .pipe(z.array(idText).min(1).max(max))
export const byId = z.object({ id: idText })

/** Bounded, without NUL and lone surrogates, which PostgreSQL cannot hold. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes('\0') && value.isWellFormed(), { error: problem('not_storable') })
export const name = text(64).trim().min(1)
export const optionalText = (max: number) => text(max).nullish()

export const phoneNumber = z.string().regex(/^\+?[0-9]{5,20}$/)

const numberText = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max))
export const flagText = z.enum(['0', '1'])
export const paging = z.object({ current: numberText(1, 100_000_000).default(1), size: numberText(1, 200).default(10) })

/** The field to sort a list by, `-` before it for descending: `sort=-name`. By the wire's name, which stands for the domain's. */
export const sorting = <Field extends string, Wire extends string>(fields: Readonly<Record<Wire, Field>>) =>
  z
    .enum(Object.keys(fields).flatMap((field) => [field, `-${field}`]) as (Wire | `-${Wire}`)[])
    .transform((given): Sort<Field> => ({ by: fields[given.replace(/^-/, '') as Wire], isDescending: given.startsWith('-') }))
    .optional()
    .describe('Newest first when absent; `-` before a field: descending')

export function pageOnWire<Row, Wire>(page: Page<Row>, request: PageRequest, toWire: (row: Row) => Wire) {
  return {
    total: page.total,
    pages: Math.ceil(page.total / request.size),
    current: request.current,
    size: request.size,
    records: page.records.map(toWire),
  }
}

export const pageSchema = <Row extends z.ZodType>(record: Row) =>
  z.object({ total: z.int(), pages: z.int(), current: z.int(), size: z.int(), records: z.array(record) })

export const wireTime = z.string().describe('YYYY-MM-DD HH:mm:ss in the time zone of the platform')

export function timeOrNull(at: Date | null, config: Config): string | null {
  return at && toWireTime(at, config.timeZone)
}

/** Throws `invalid_parameters` when the text names no time. */
export function parseTime(field: string, given: string, config: Config): Date {
  const at = fromWireTime(given, config.timeZone)
  if (!at) throw fault('invalid_parameters', { reason: 'field', name: field, problem: 'YYYY-MM-DD HH:mm:ss' })
  return at
}

type Given<T> = { [Key in keyof T]?: NonNullable<T[Key]> }

/** The fields that were given: of an edit, what is absent or null is left alone. */
export function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null)) as Given<T>
}

/** What zod says of a value, in the caller's language. */
export function wordsOfZod(language: Language) {
  return (language === 'en' ? z.locales.en() : z.locales.zhCN()).localeError
}
