// Reads HTTP/1.1 messages exactly as RFC 9112 writes them, and forgives nothing: what a second reader could take for something else
// is an error here. Both sides of the gateway are read with it, so that no test of a parser leans on that parser.

export interface Message {
  /** Request line or status line. */
  readonly start: string
  /** Names in lower case. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly body: string
  readonly framing: 'none' | 'length' | 'chunked' | 'until_close'
  /** The index behind its last byte. */
  readonly end: number
}

const fieldLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*((?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)[ \t]*$/
const requestLine = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ \/[\x21-\x7e]* HTTP\/1\.1$/
const statusLine = /^HTTP\/1\.1 [1-5]\d\d [\t\x20-\x7e]*$/

/**
 * The message that begins at `at`, or undefined when more bytes are needed. Bytes are latin1 characters.
 * `isHead`: it answers a HEAD request.
 */
export function readMessage(bytes: string, at: number, isHead = false): Message | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n', at)
  if (headEnd < 0) return undefined
  const [start, ...lines] = bytes.slice(at, headEnd).split('\r\n') as [string, ...string[]]
  const isAnswer = start.startsWith('HTTP/')
  if (!(isAnswer ? statusLine : requestLine).test(start)) throw new Error(`not a start line: ${JSON.stringify(start)}`)
  const fields = lines.map((line) => {
    const match = fieldLine.exec(line)
    if (!match) throw new Error(`not a field line: ${JSON.stringify(line)}`)
    return [match[1]!.toLowerCase(), match[2]!] as const
  })
  if (!isAnswer && valuesOf(fields, 'host').length !== 1) throw new Error('not one Host')
  const head = { start, fields }
  const framing = framingOf(head, isAnswer, isHead)
  if (framing === 'none') return { ...head, body: '', framing, end: headEnd + 4 }
  if (framing === 'until_close') return { ...head, body: bytes.slice(headEnd + 4), framing, end: bytes.length }
  const body =
    framing === 'chunked' ? readChunks(bytes, headEnd + 4) : readLength(bytes, headEnd + 4, Number(fieldOf(head, 'content-length')))
  return body && { ...head, framing, ...body }
}

export function fieldOf({ fields }: { fields: Message['fields'] }, name: string): string | undefined {
  return valuesOf(fields, name)[0]
}

export function statusOf(answer: Message): number {
  return Number(answer.start.slice(9, 12))
}

function valuesOf(fields: Message['fields'], name: string): string[] {
  return fields.filter(([each]) => each === name).map(([, value]) => value)
}

function framingOf(
  { start, fields }: { start: string; fields: Message['fields'] },
  isAnswer: boolean,
  isHead: boolean,
): Message['framing'] {
  const codings = valuesOf(fields, 'transfer-encoding')
  const lengths = valuesOf(fields, 'content-length')
  if (codings.length > 0 && lengths.length > 0) throw new Error('both Transfer-Encoding and Content-Length')
  if (codings.length > 1 || (codings.length === 1 && codings[0] !== 'chunked')) throw new Error(`codings: ${codings.join(' and ')}`)
  if (lengths.length > 1 || (lengths.length === 1 && !/^\d{1,16}$/.test(lengths[0]!))) throw new Error(`lengths: ${lengths.join(' and ')}`)
  if (isAnswer && (isHead || /^HTTP\/1\.1 (?:1\d\d|204|304) /.test(start))) return 'none'
  if (codings.length > 0) return 'chunked'
  if (lengths.length > 0) return 'length'
  return isAnswer ? 'until_close' : 'none'
}

function readLength(bytes: string, at: number, length: number): { body: string; end: number } | undefined {
  const end = at + length
  return end > bytes.length ? undefined : { body: bytes.slice(at, end), end }
}

function readChunks(bytes: string, from: number): { body: string; end: number } | undefined {
  let body = ''
  for (let at = from; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const line = bytes.slice(at, lineEnd)
    if (!/^[0-9a-f]{1,8}$/i.test(line)) throw new Error(`not a chunk size: ${JSON.stringify(line)}`)
    const size = Number.parseInt(line, 16)
    const end = lineEnd + 2 + size
    if (end + 2 > bytes.length) return undefined
    if (bytes.slice(end, end + 2) !== '\r\n') throw new Error(`a chunk ends in ${JSON.stringify(bytes.slice(end, end + 2))}`)
    if (size === 0) return { body, end: end + 2 }
    body += bytes.slice(lineEnd + 2, end)
    at = end + 2
  }
}
