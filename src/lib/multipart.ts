// Reads multipart/form-data (RFC 7578) as it comes: one part after the other, none of it held whole.

import { decodeUtf8 } from './utf8.ts'

export interface Part {
  readonly name: string
  /** As it was sent; undefined when it is a field and no file. */
  readonly filename: string | undefined
  /** To be read to its end before the next part is asked for. */
  readonly bytes: AsyncIterable<Buffer>
}

/** The body is not what its type says, or ends too early. */
export class MultipartError extends Error {}

const headBytesMax = 8 * 1024
const partsMax = 100
const blankLine = Buffer.from('\r\n\r\n')

/** The boundary that a Content-Type names. */
export function boundaryOf(contentType: string): string | undefined {
  const [, quoted, plain] =
    /^multipart\/form-data\b.*;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s";,]{1,70})(?![^\s;,]))/i.exec(contentType) ?? []
  return quoted ?? plain
}

export async function* readParts(body: AsyncIterable<Buffer>, boundary: string): AsyncGenerator<Part, void, undefined> {
  const source = createSource(body)
  const mark = Buffer.from(`\r\n--${boundary}`)
  // What stands before the first part is nobody's business.
  for await (const _ of source.until(mark));
  for (let parts = 0; ; parts++) {
    if (await source.begins('--')) return
    if (parts === partsMax) throw new MultipartError('too many parts')
    const { name, filename } = readHead(await source.textUntil(blankLine, headBytesMax))
    let isRead = false
    async function* bytes(): AsyncGenerator<Buffer, void, undefined> {
      yield* source.until(mark)
      isRead = true
    }
    yield { name, filename, bytes: bytes() }
    if (!isRead) throw new Error('a part was left half read')
  }
}

function createSource(body: AsyncIterable<Buffer>) {
  const chunks = body[Symbol.asyncIterator]()
  // The first boundary stands at the beginning of a line like all others.
  let held: Buffer = Buffer.from('\r\n')

  async function more(): Promise<void> {
    const { done, value } = await chunks.next()
    if (done) throw new MultipartError('the body ends before its last boundary')
    held = held.length === 0 ? value : Buffer.concat([held, value])
  }

  /** All up to the mark, which is dropped. */
  async function* until(mark: Buffer): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      const at = held.indexOf(mark)
      // What may be the beginning of the mark is no content yet.
      const sure = at === -1 ? held.length - mark.length + 1 : at
      const piece = held.subarray(0, Math.max(0, sure))
      held = held.subarray(at === -1 ? piece.length : at + mark.length)
      if (piece.length > 0) yield piece
      if (at !== -1) return
      await more()
    }
  }

  return {
    until,
    async textUntil(mark: Buffer, bytesMax: number): Promise<string> {
      const pieces: Buffer[] = []
      let bytes = 0
      for await (const piece of until(mark)) {
        bytes += piece.length
        if (bytes > bytesMax) throw new MultipartError('the head of a part is too long')
        pieces.push(piece)
      }
      const text = decodeUtf8(Buffer.concat(pieces))
      if (text === undefined) throw new MultipartError('the head of a part is not UTF-8')
      return text
    },
    async begins(text: string): Promise<boolean> {
      while (held.length < text.length) await more()
      return held.subarray(0, text.length).toString('latin1') === text
    },
  }
}

/** Begins with the end of the boundary's line. */
function readHead(head: string): { name: string; filename: string | undefined } {
  const [rest = '', ...lines] = head.split('\r\n')
  const disposition = lines.find((line) => /^content-disposition:/i.test(line))
  if (rest.trim() !== '' || !disposition || !/^[^:]+:\s*form-data\s*;/i.test(disposition)) throw new MultipartError('a part without a name')
  const parameters = new Map(
    [...disposition.matchAll(/;\s*([\w*-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/g)].map(([, name, quoted, plain]) => [
      name!.toLowerCase(),
      // Browsers escape only these three (WHATWG HTML §4.10.21.8); others write a backslash before a quote.
      (quoted ?? plain!).replace(/\\"|%22/g, '"').replace(/%0D|%0A/gi, ' '),
    ]),
  )
  const name = parameters.get('name')
  if (name === undefined) throw new MultipartError('a part without a name')
  return { name, filename: parameters.get('filename') }
}
