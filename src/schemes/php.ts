// PHP's ways, as the md5 schemes were born in it: how names are read and sorted, how JSON becomes an array, how that becomes text.
// Pure, without Node: the browser builds the same strings. The vectors in `test/vectors/` were made by PHP 8.2.

import { endOfString, jsonDepthMax, Malformed, skipSpace, unquote } from './parameters.ts'

/** Names that PHP, or two versions of it, would not put in one certain order, or would take for one and the same. */
export class Ambiguous {
  readonly names: readonly [string, string]

  constructor(names: readonly [string, string]) {
    this.names = names
  }
}

/** PHP keeps `.` and ` ` out of the names of `$_GET` and `$_POST`: `a.b` becomes `a_b`. */
export function phpName(name: string): string {
  const bracket = name.indexOf('[')
  const end = bracket <= 0 ? name.length : bracket
  return name.slice(0, end).replace(/^ +/, '').replace(/[ .]/g, '_') + name.slice(end)
}

const numeric = /^[ \t\n\r\v\f]*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?[ \t\n\r\v\f]*$/

/**
 * The order of `ksort` in PHP 8.2: numeric names by number, all others by bytes. That is not always one order: by bytes `10` < `5x` < `9`,
 * yet by number `9` < `10`. Then the outcome hangs on how the sort goes about it, and we refuse rather than guess.
 */
export function phpOrder(names: readonly string[]): string[] | Ambiguous {
  const texts = names.filter((name) => !numeric.test(name)).sort(byBytes)
  const numbers = names.filter((name) => numeric.test(name)).sort((a, b) => Number(a) - Number(b))
  const order: string[] = []
  let taken = 0
  for (const [at, number] of numbers.entries()) {
    const before = numbers[at - 1]
    // Equal ones keep the order in which they came, and beyond 2^53 we cannot tell.
    if (before !== undefined && Number(before) === Number(number)) return new Ambiguous([before, number])
    while (taken < texts.length && byBytes(texts[taken]!, number) < 0) order.push(texts[taken++]!)
    const passed = texts[taken - 1]
    if (passed !== undefined && byBytes(passed, number) > 0) return new Ambiguous([passed, number])
    order.push(number)
  }
  return [...order, ...texts.slice(taken)]
}

/** UTF-8 byte order, which is code point order; JavaScript's own differs where surrogates meet U+E000 and above. */
export function byBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)]
    if (x === y) continue
    if (isSurrogate(x) === isSurrogate(y)) return x - y
    return isSurrogate(x) ? 1 : -1
  }
  return a.length - b.length
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff
}

/** A JSON number keeps its text, for PHP tells `1` from `1.0`. */
export interface PhpNumber {
  readonly digits: string
}
export type PhpValue = null | boolean | string | PhpNumber | PhpArray
export interface PhpArray extends ReadonlyMap<string, PhpValue> {}

/** `json_decode($source, true)` of an object: names in the order they came in, lists under `0`, `1`, …; no top-level name twice. */
export function readPhpJson(source: string): PhpArray | Malformed {
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch {
    return new Malformed('not_json')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Malformed('not_json_object')
  const reader = { source, at: skipSpace(source, 0), repeated: undefined as string | undefined }
  const read = readValue(reader, 1) as PhpArray | Malformed
  if (read instanceof Malformed) return read
  return reader.repeated === undefined ? read : new Malformed('repeated', { name: reader.repeated })
}

interface Reader {
  readonly source: string
  at: number
  repeated: string | undefined
}

// The engine's parser has judged the grammar; what is left is to find where things stand.
function readValue(reader: Reader, depth: number): PhpValue | Malformed {
  const { source } = reader
  switch (source[reader.at]) {
    case '{':
    case '[':
      return depth > jsonDepthMax ? new Malformed('too_deep', { depthMax: jsonDepthMax }) : readMembers(reader, depth)
    case '"':
      return readString(reader)
    default: {
      const start = reader.at
      while (reader.at < source.length && !/[\s,\]}]/.test(source[reader.at]!)) reader.at++
      const literal = source.slice(start, reader.at)
      return literal === 'null' ? null : literal === 'true' ? true : literal === 'false' ? false : { digits: literal }
    }
  }
}

function readMembers(reader: Reader, depth: number): PhpArray | Malformed {
  const { source } = reader
  const isList = source[reader.at] === '['
  const members = new Map<string, PhpValue>()
  reader.at = skipSpace(source, reader.at + 1)
  while (source[reader.at] !== '}' && source[reader.at] !== ']') {
    const name = isList ? String(members.size) : readString(reader)
    if (name instanceof Malformed) return name
    if (!isList) reader.at = skipSpace(source, skipSpace(source, reader.at) + 1)
    const value = readValue(reader, depth + 1)
    if (value instanceof Malformed) return value
    if (depth === 1 && members.has(name)) reader.repeated ??= name
    members.set(name, value)
    reader.at = skipSpace(source, reader.at)
    if (source[reader.at] === ',') reader.at = skipSpace(source, reader.at + 1)
  }
  reader.at++
  return members
}

function readString(reader: Reader): string | Malformed {
  const end = endOfString(reader.source, reader.at)
  const text = unquote(reader.source, reader.at, end)
  reader.at = end
  return text.isWellFormed() ? text : new Malformed('not_utf8')
}

export function isPhpArray(value: PhpValue): value is PhpArray {
  return value instanceof Map
}

/** `(string) $value` as `http_build_query` has it: true is 1, false is 0, a float has 14 significant digits (ini `precision`). */
export function phpText(value: boolean | string | PhpNumber): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? '1' : '0'
  const { digits } = value
  if (/^-?\d+$/.test(digits) && digits !== '-0') {
    const whole = BigInt(digits)
    if (whole === BigInt.asIntN(64, whole)) return digits
  }
  return floatText(Number(digits))
}

function floatText(number: number): string {
  if (Object.is(number, -0)) return '-0'
  if (!Number.isFinite(number)) return number < 0 ? '-INF' : 'INF'
  const rounded = Number(number.toPrecision(14))
  const [mantissa, exponent] = rounded.toExponential().split('e') as [string, string]
  const power = Number(exponent)
  if (power >= -4 && power < 14) return String(rounded)
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${power < 0 ? '-' : '+'}${Math.abs(power)}`
}

/** `urldecode(http_build_query($array))`: `k=v` and `k[m]=v` with `&`, raw; null and empty arrays vanish. */
export function phpQuery(array: PhpArray): string {
  return pairsOf(array, '').join('&')
}

function pairsOf(array: PhpArray, prefix: string): string[] {
  const pairs: string[] = []
  for (const [key, value] of array) {
    const name = prefix === '' ? key : `${prefix}[${key}]`
    if (value === null) continue
    if (isPhpArray(value)) pairs.push(...pairsOf(value, name))
    else pairs.push(`${name}=${phpText(value)}`)
  }
  return pairs
}
