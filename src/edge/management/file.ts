// Pictures: logos of apps, and what documents show (settled E15).

import { z } from 'zod'
import { fault } from '#core/fault.ts'
import { deleteFile, findFile, insertFile } from '#core/file/file.store.ts'
import { bytesOfOneMax, isFileKey, newFileKey, openFileFolder, pictureBytesMax, pictureType, pictureTypes } from '#core/file/file.ts'
import { endpoint, openEndpoint, Raw } from './endpoint.ts'

const byKey = z.object({ key: z.string().describe('As POST answered it') })

export const addFile = endpoint({
  summary: { en: 'Upload a picture (PNG, JPEG, WebP or GIF, at most 1 MB)', zh: '上传图片（PNG、JPEG、WebP、GIF，不超过 1 MB）' },
  upload: pictureBytesMax,
  body: z.object({ file: z.file() }),
  answer: z.object({ key: z.string().describe('For `logo`, and to read it again') }),
  async handle({ body }, deps, viewer) {
    const bytes = new Uint8Array(await body.file.arrayBuffer())
    const contentType = pictureType(bytes)
    if (!contentType) throw fault('unsupported_media_type', { accepts: pictureTypes.join(', ') })
    const key = newFileKey()
    const row = { key, contentType, bytes: bytes.length, userId: viewer.userId, createdAt: deps.now() }
    const write = () => openFileFolder(deps.config.dataDir).write(key, bytes)
    if (!(await insertFile(deps.db, row, bytesOfOneMax, write))) throw fault('file_quota_exceeded', { bytesMax: bytesOfOneMax })
    return { key }
  },
})

export const getFile = openEndpoint({
  summary: { en: 'A picture, by its key', zh: '读取图片' },
  params: byKey,
  raw: pictureTypes,
  async handle({ params: { key } }, deps) {
    const row = isFileKey(key) ? await findFile(deps.db, key) : undefined
    const bytes = row && (await openFileFolder(deps.config.dataDir).read(key))
    if (!bytes) throw fault('not_found', { what: 'file' })
    return new Raw(bytes, {
      'content-type': row.contentType,
      // Its bytes came from somebody: shown they may be, and nothing else, even as a page of its own.
      'content-security-policy': "default-src 'none'; sandbox",
      'content-disposition': 'inline',
      'cache-control': 'public, max-age=31536000, immutable',
    })
  },
})

export const removeFile = endpoint({
  summary: { en: 'Delete a picture of one’s own', zh: '删除自己上传的图片' },
  params: byKey,
  async handle({ params: { key } }, deps, viewer) {
    if (!isFileKey(key) || !(await deleteFile(deps.db, key, viewer.userId))) throw fault('not_found', { what: 'file' })
    await openFileFolder(deps.config.dataDir).remove(key)
    return null
  },
})
