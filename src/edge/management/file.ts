// Pictures: logos of apps, and what documents show (settled E15).

import { z } from 'zod'
import { fault } from '#core/fault.ts'
import { receive } from '#core/file/arrival.ts'
import { deleteFile, findFile } from '#core/file/file.store.ts'
import { bytesOfOneMax, isFileKey, pictureBytesMax, pictureType, pictureTypes } from '#core/file/file.ts'
import { keepFile } from '#core/file/keep.ts'
import { fileAnswer } from '../file-answer.ts'
import { endpoint, openEndpoint } from './endpoint.ts'

const byKey = z.object({ key: z.string().describe('As POST answered it') })

export const addFile = endpoint({
  summary: { en: 'Upload a picture (PNG, JPEG, WebP or GIF, at most 1 MB)', zh: '上传图片（PNG、JPEG、WebP、GIF，不超过 1 MB）' },
  upload: pictureBytesMax,
  body: z.object({ file: z.file() }),
  answer: z.object({ key: z.string().describe('For `logo`, and to read it again') }),
  ownTransactions: true,
  async handle({ body }, deps, viewer) {
    await using picture = await receive(deps.config.dataDir, body.file.stream(), pictureBytesMax)
    const contentType = pictureType(picture.head)
    if (!contentType) throw fault('unsupported_media_type', { accepts: pictureTypes.join(', ') })
    return { key: await keepFile(deps, picture, contentType, { userId: viewer.userId, appId: null, name: null }, bytesOfOneMax) }
  },
})

export const getFile = openEndpoint({
  summary: { en: 'A picture, by its key', zh: '读取图片' },
  params: byKey,
  raw: pictureTypes,
  async handle({ params: { key } }, deps) {
    const row = isFileKey(key) ? await findFile(deps.db, key) : undefined
    return fileAnswer(row, deps.files)
  },
})

export const removeFile = endpoint({
  summary: { en: 'Delete a picture of one’s own', zh: '删除自己上传的图片' },
  params: byKey,
  ownTransactions: true,
  async handle({ params: { key } }, deps, viewer) {
    if (!isFileKey(key) || !(await deleteFile(deps.db, key, viewer.userId))) throw fault('not_found', { what: 'file' })
    await deps.files.remove(key)
    return null
  },
})
