// Reads the parameters of a signed call from where they travel: query, form, JSON object. A signature is over texts,
// so a value is the text that was sent: `1.0`, `1e3` and 2^63 stay as they are, and a nested value is its compact JSON (settled C4).
// Pure, without Node: the browser builds the same strings.

export interface Parameter {
  readonly name: string
  /** null only for JSON's `null`. */
  readonly text: string | null
  /** Where it stands in its source, so that it can be left out without touching the others: `source.slice(start, end)`. */
  readonly start: number
  readonly end: number
}

export type MalformedReason = 'not_utf8' | 'percent_encoding' | 'not_json' | 'not_json_object' | 'too_deep' | 'too_many' | 'repeated'

export class Malformed {
  readonly reason: MalformedReason
  readonly facts: { readonly [fact: string]: string | number }

  constructor(reason: MalformedReason, facts: { readonly [fact: string]: string | number } = {}) {
    this.reason = reason
    this.facts = facts
  }
}

const parameterCountMax = 1_000
export const jsonDepthMax = 64

/** Reads `a=1&b=2` as a query or a form body has it: `+` is a space, names may be empty of value, no name twice. */
export function readQuery(source: string): Parameter[] | Malformed {
  const parameters: Parameter[] = []
  let start = 0
  while (start < source.length) {
    let end = source.indexOf('&', start)
    if (end < 0) end = source.length
    if (end > start) {
      if (parameters.length === parameterCountMax) return new Malformed('too_many', { countMax: parameterCountMax })
      const equals = source.indexOf('=', start)
      const nameEnd = equals < 0 || equals > end ? end : equals
      const name = decode(source.slice(start, nameEnd))
      if (name instanceof Malformed) return name
      const text = nameEnd === end ? '' : decode(source.slice(nameEnd + 1, end))
      if (text instanceof Malformed) return text
      parameters.push({ name, text, start, end })
    }
    start = end + 1
  }
  return parameters
}

function decode(encoded: string): string | Malformed {
  let text = encoded.includes('+') ? encoded.replaceAll('+', ' ') : encoded
  if (text.includes('%')) {
    try {
      text = decodeURIComponent(text)
    } catch {
      return new Malformed('percent_encoding', { near: encoded.slice(0, 40) })
    }
  }
  return isCleanText(text) ? text : new Malformed('not_utf8')
}

/** Neither a lone surrogate nor NUL: two different requests would become the same bytes. */
function isCleanText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** Reads the members of one JSON object. `source` is the decoded text of the body. */
export function readJsonObject(source: string): Parameter[] | Malformed {
  // The engine's parser judges the grammar; below we only find where things stand.
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch {
    return new Malformed('not_json')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Malformed('not_json_object')

  const parameters: Parameter[] = []
  let at = skipSpace(source, source.indexOf('{') + 1)
  while (source[at] !== '}') {
    if (parameters.length === parameterCountMax) return new Malformed('too_many', { countMax: parameterCountMax })
    const start = at
    const nameEnd = endOfString(source, at)
    const name = unquote(source, at, nameEnd)
    at = skipSpace(source, skipSpace(source, nameEnd) + 1)
    const valueEnd = endOfValue(source, at)
    if (valueEnd < 0) return new Malformed('too_deep', { depthMax: jsonDepthMax })
    const text = valueText(source, at, valueEnd)
    if (!isCleanText(name) || (text !== null && !isCleanText(text))) return new Malformed('not_utf8')
    parameters.push({ name, text, start, end: valueEnd })
    at = skipSpace(source, valueEnd)
    if (source[at] === ',') at = skipSpace(source, at + 1)
  }
  return parameters
}

/** The text of a member's value as it stands in one JSON object, or undefined when it has no such member. */
export function memberText(source: string, name: string): string | undefined | Malformed {
  const parameters = readJsonObject(source)
  if (parameters instanceof Malformed) return parameters
  const found = parameters.find((parameter) => parameter.name === name)
  if (!found) return undefined
  return source.slice(skipSpace(source, skipSpace(source, endOfString(source, found.start)) + 1), found.end)
}

function valueText(source: string, start: number, end: number): string | null {
  const first = source[start]
  if (first === '"') return unquote(source, start, end)
  if (first === '{' || first === '[') return compact(source.slice(start, end))
  const literal = source.slice(start, end)
  return literal === 'null' ? null : literal
}

const space = /[ \t\r\n]/

export function skipSpace(source: string, at: number): number {
  let next = at
  while (source.charCodeAt(next) <= 0x20 && next < source.length) next++
  return next
}

/** The index behind the closing quote of the string that opens at `at`. */
export function endOfString(source: string, at: number): number {
  let next = at + 1
  for (;;) {
    const quote = source.indexOf('"', next)
    let backslashes = 0
    while (source.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes++
    if (backslashes % 2 === 0) return quote + 1
    next = quote + 1
  }
}

export function unquote(source: string, start: number, end: number): string {
  const inner = source.slice(start + 1, end - 1)
  return inner.includes('\\') ? (JSON.parse(`"${inner}"`) as string) : inner
}

/** The index behind the value that begins at `at`, or -1 when it is nested too deep. */
function endOfValue(source: string, at: number): number {
  let depth = 1
  let next = at
  for (;;) {
    switch (source.charCodeAt(next)) {
      case 0x22: // "
        next = endOfString(source, next)
        if (depth === 1) return next
        continue
      case 0x7b: // {
      case 0x5b: // [
        if (++depth > jsonDepthMax) return -1
        break
      case 0x7d: // }
      case 0x5d: // ]
        if (depth === 1) return next
        if (--depth === 1) return next + 1
        break
      case 0x2c: // ,
      case 0x20:
      case 0x09:
      case 0x0a:
      case 0x0d:
        if (depth === 1) return next
    }
    next++
  }
}

/** The JSON text without white space outside its strings; nothing else changes. */
function compact(json: string): string {
  if (!space.test(json)) return json
  let out = ''
  let from = 0
  for (let at = 0; at < json.length; ) {
    const code = json.charCodeAt(at)
    if (code === 0x22) at = endOfString(json, at)
    else if (code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d) {
      out += json.slice(from, at)
      from = ++at
    } else at++
  }
  return out + json.slice(from)
}

/** All parameters in the order of their names by UTF-16 code units (ASCII order for ASCII names); no name twice. */
export function sortParameters(parameters: readonly Parameter[]): Parameter[] | Malformed {
  const sorted = [...parameters].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  for (let at = 1; at < sorted.length; at++) {
    if (sorted[at]!.name === sorted[at - 1]!.name) return new Malformed('repeated', { name: sorted[at]!.name })
  }
  return sorted
}

/** What is left of a query or form when some parameters are taken out; the others keep their bytes. */
export function withoutFromQuery(source: string, parameters: readonly Parameter[], leaveOut: (name: string) => boolean): string {
  const kept: string[] = []
  for (const parameter of parameters) if (!leaveOut(parameter.name)) kept.push(source.slice(parameter.start, parameter.end))
  return kept.join('&')
}

/** The same for a JSON object. */
export function withoutFromJson(source: string, parameters: readonly Parameter[], leaveOut: (name: string) => boolean): string {
  const kept: string[] = []
  for (const parameter of parameters) if (!leaveOut(parameter.name)) kept.push(source.slice(parameter.start, parameter.end))
  return `{${kept.join(',')}}`
}
