// A file that somebody gave us, as an answer. Its bytes are a stranger's: a picture may be shown, everything else is saved and not opened,
// and nothing in it ever runs as a page of ours (settled F7).

import { fault } from '#core/fault.ts'
import type { FileRow } from '#core/file/file.store.ts'
import { pictureTypes } from '#core/file/file.ts'
import type { FileStore } from '#core/file/file-store.ts'
import { Raw } from './management/endpoint.ts'

/** Throws `not_found` when there is none. */
export async function fileAnswer(row: FileRow | undefined, files: FileStore): Promise<Raw> {
  const bytes = row && (await files.read(row.key))
  if (!bytes) throw fault('not_found', { what: 'file' })
  return new Raw(bytes, {
    'content-type': row.contentType === 'text/plain' ? 'text/plain; charset=utf-8' : row.contentType,
    'content-length': String(row.bytes),
    'content-security-policy': "default-src 'none'; sandbox",
    'content-disposition': pictureTypes.includes(row.contentType) ? 'inline' : attachment(row.name),
    'cache-control': 'public, max-age=31536000, immutable',
  })
}

/** In both forms of RFC 6266: the second is for names beyond ASCII. */
function attachment(name: string | null): string {
  if (name === null) return 'attachment'
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
