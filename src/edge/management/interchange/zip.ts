// Unpacks what a workbook needs of its zip. A small file may claim little and unpack to much, so it is bounded twice: by what its directory
// says, and while it is unpacked, piece by piece, by what comes out.

import { Unzip, UnzipInflate, unzipSync } from 'fflate'
import { FileFlaw } from './rows.ts'

const bytesMax = 96 * 1024 * 1024
const countMax = 1_000
const pieceBytes = 16 * 1024

const tooLarge = () => new FileFlaw({ reason: 'file_unpacked', bytesMax, countMax })

export function unpack(zip: Uint8Array): Record<string, Uint8Array> {
  requireModestDirectory(zip)
  const entries = new Map<string, Uint8Array[]>()
  let bytes = 0
  let count = 0
  const unzip = new Unzip((entry) => {
    if (++count > countMax) throw tooLarge()
    if (!/\.(xml|rels)$/.test(entry.name)) return
    const pieces: Uint8Array[] = []
    entries.set(entry.name, pieces)
    entry.ondata = (error, piece) => {
      if (error) throw error
      bytes += piece.length
      if (bytes > bytesMax) throw tooLarge()
      pieces.push(piece)
    }
    entry.start()
  })
  unzip.register(UnzipInflate)
  for (let at = 0; at < zip.length; at += pieceBytes) unzip.push(zip.subarray(at, at + pieceBytes), at + pieceBytes >= zip.length)
  return Object.fromEntries([...entries].map(([name, pieces]) => [name, new Uint8Array(Buffer.concat(pieces))]))
}

function requireModestDirectory(zip: Uint8Array): void {
  let bytes = 0
  let count = 0
  unzipSync(zip, {
    filter({ originalSize }) {
      bytes += originalSize
      if (++count > countMax || !(bytes <= bytesMax)) throw tooLarge()
      return false
    },
  })
}
