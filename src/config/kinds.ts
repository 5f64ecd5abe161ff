// What a variable may say: told in words, and read from its text. Small on purpose: every process begins with these.

import { isRange } from '#lib/address.ts'
import { isDetailName } from '#lib/detail-name.ts'
import { isTimeZone } from '#lib/time-zone.ts'

export interface Kind<Value, Accepts extends string = string> {
  /** Its words in Chinese stand in text/settings.zh-CN.ts. */
  readonly accepts: Accepts
  /** undefined when the text is not accepted. */
  readonly read: (text: string) => Value | undefined
}

function kind<const Accepts extends string, Value>(accepts: Accepts, read: (text: string) => Value | undefined): Kind<Value, Accepts> {
  return { accepts, read }
}

// Texts

export const text = <const Accepts extends string>(accepts: Accepts, lengthMin = 1, lengthMax = 4_096) =>
  where(accepts, (text) => text.length >= lengthMin && text.length <= lengthMax)

export const matching = <const Accepts extends string>(accepts: Accepts, pattern: RegExp) => where(accepts, (text) => pattern.test(text))

function where<const Accepts extends string>(accepts: Accepts, holds: (text: string) => boolean): Kind<string, Accepts> {
  return kind(accepts, (text) => (holds(text) ? text : undefined))
}

export const fieldName = matching('field name', /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/)
export const fieldLine = matching('field line', /^[!#$%&'*+.^_`|~0-9A-Za-z-]+: *[\x20-\x7e]+$/)
export const mailAddress = matching('mail address', /^[^\s@<>,"\p{Cc}]+@[^\s@<>,"\p{Cc}]+$/u)
export const timeZone = where('IANA name', isTimeZone)
export const smsTemplate = where('text with {phone} and {code}', (text) => text.includes('{phone}') && text.includes('{code}'))

export const key = kind('32 bytes, Base64 or hex', (text) => {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex')
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return Buffer.from(text, 'base64')
  return undefined
})

// Choices

type Choice<Accepts extends string> = Accepts extends `${infer First}, ${infer Rest}`
  ? First | Choice<Rest>
  : Accepts extends `${infer First} or ${infer Last}`
    ? First | Last
    : Accepts

/** The words themselves: `off or required`. */
export const oneOf = <const Accepts extends string>(accepts: Accepts) => {
  const choices = accepts.split(/, | or /)
  return kind(accepts, (text) => (choices.includes(text) ? (text as Choice<Accepts>) : undefined))
}

export const flag = kind('true or false', (text) => (text === 'true' ? true : text === 'false' ? false : undefined))

// Numbers

export const number = <const Accepts extends string>(accepts: Accepts, min = 0, max = 2 ** 31) =>
  kind(accepts, (text) => (/^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined))

export const port = number('port', 0, 65_535)
export const seconds = number('seconds', 1, 10 * 365 * 86_400)

// Addresses

const isHttp = (text: string) => /^https?:$/.test(URL.parse(text)?.protocol ?? '')

export const httpUrl = kind('http(s) URL', (text) => (isHttp(text) ? text.replace(/\/+$/, '') : undefined))
export const bucketUrl = where('http(s) URL with a bucket', isHttp)

/** A scheme and a host, and a port where there is one; a slash may end it. */
export const httpOrigin = <const Accepts extends string>(accepts: Accepts) =>
  kind(accepts, (text) => {
    const url = URL.parse(text)
    return isHttp(text) && url?.href === `${url?.origin}/` ? url.origin : undefined
  })

// Lists

const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

function list<const Accepts extends string>(accepts: Accepts, holds: (items: readonly string[], text: string) => boolean) {
  return kind(accepts, (text) => {
    const items = listOf(text)
    return holds(items, text) ? items : undefined
  })
}

export const names = list('names, comma-separated', () => true)
export const namesOfDetails = list('names, comma-separated', (items) => new Set(items).size === items.length && items.every(isDetailName))
export const ranges = list('CIDR ranges, comma-separated', (items) => items.every(isRange))
export const origins = list(
  'origins, comma-separated, or *',
  (items, text) => text.trim() === '*' || items.every((item) => URL.parse(item)?.origin === item),
)

/** A hundred at most. */
export const waits = kind('seconds, comma-separated', (text): readonly number[] | undefined => {
  const items = listOf(text)
  const isRight = items.length <= 100 && items.every((item) => /^\d{1,6}$/.test(item) && Number(item) > 0)
  return isRight ? items.map(Number) : undefined
})
