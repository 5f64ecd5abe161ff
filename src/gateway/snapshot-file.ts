// The snapshot on disk is the feed, kept: one sealed record for each set of lines that was applied, appended before it takes
// effect. So a gateway that starts without its platform knows all that it ever served by, disabled apps included.
// A record is its length (4 bytes, big-endian) and the sealed NDJSON.

import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs'
import { type FeedLine, feedFormat } from '#core/feed/document.ts'
import type { Sealer } from '#lib/seal.ts'
import type { Snapshot } from './snapshot.ts'

const lengthBytes = 4
/** The file is written anew when what was appended outgrows what it began with, and this. */
const appendedBytesMin = 1024 * 1024

export interface SnapshotFile {
  /** Applies what the file holds; answers when it was last written, epoch milliseconds, 0 when there is nothing. */
  load(into: Snapshot): number
  /** Before the lines take effect. */
  append(lines: readonly FeedLine[]): void
  /** After they did: writes the file anew when it has grown much longer than what it says. */
  compact(snapshot: Snapshot): void
  close(): void
}

export function openSnapshotFile(path: string, sealer: Sealer): SnapshotFile {
  let file: number | undefined
  let baseBytes = 0
  let appendedBytes = 0

  function recordOf(lines: Iterable<FeedLine>): Buffer {
    const text = Array.from(lines, (line) => JSON.stringify(line)).join('\n')
    const sealed = sealer.sealBytes('snapshot', Buffer.from(text))
    const length = Buffer.alloc(lengthBytes)
    length.writeUInt32BE(sealed.length)
    return Buffer.concat([length, sealed])
  }

  function rewrite(lines: Iterable<FeedLine>): void {
    const record = recordOf(lines)
    const temporary = `${path}.new`
    const next = openSync(temporary, 'w', 0o600)
    writeSync(next, record)
    fsyncSync(next)
    closeSync(next)
    renameSync(temporary, path)
    if (file !== undefined) closeSync(file)
    file = openSync(path, 'a', 0o600)
    baseBytes = record.length
    appendedBytes = 0
  }

  return {
    load(into) {
      if (!existsSync(path)) return 0
      const bytes = readFileSync(path)
      const writtenAt = statSync(path).mtimeMs
      let at = 0
      while (at + lengthBytes <= bytes.length) {
        const end = at + lengthBytes + bytes.readUInt32BE(at)
        const lines = end <= bytes.length ? openRecord(bytes.subarray(at + lengthBytes, end), sealer) : undefined
        if (!lines || isOfOtherFormat(lines)) break
        into.apply(lines)
        at = end
      }
      if (at === 0) {
        // Another master key, another version of ours, or damage: kept for whoever wants to look, and the feed gives a new one.
        renameSync(path, `${path}.unreadable`)
        return 0
      }
      file = openSync(path, 'r+', 0o600)
      // A record that a kill cut short is dropped; the feed sends its lines again.
      ftruncateSync(file, at)
      closeSync(file)
      file = openSync(path, 'a', 0o600)
      baseBytes = at
      return writtenAt
    },

    append(lines) {
      if (file === undefined || lines[0]?.kind === 'reset') return rewrite(lines)
      const record = recordOf(lines)
      writeSync(file, record)
      appendedBytes += record.length
    },

    compact(snapshot) {
      if (appendedBytes > Math.max(baseBytes, appendedBytesMin)) rewrite(snapshot.lines())
    },

    close() {
      if (file !== undefined) closeSync(file)
      file = undefined
    },
  }
}

function isOfOtherFormat([first]: readonly FeedLine[]): boolean {
  return first?.kind === 'reset' && !first.instance.startsWith(feedFormat)
}

function openRecord(sealed: Buffer, sealer: Sealer): FeedLine[] | undefined {
  try {
    return sealer
      .openBytes('snapshot', sealed)
      .toString()
      .split('\n')
      .map((line) => JSON.parse(line) as FeedLine)
  } catch {
    return undefined
  }
}
