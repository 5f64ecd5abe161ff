// Files by way of an app (source 003 §7): streamed to the disk as they come, kept under a key that nobody guesses, and served so that
// nothing in them runs (settled F7).

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fault } from '#core/fault.ts'
import { type Arrived, receive, TooLarge } from '#core/file/arrival.ts'
import { findFile } from '#core/file/file.store.ts'
import { extensionOf, isFileKey, plainName, typeOf } from '#core/file/file.ts'
import { keepFile } from '#core/file/keep.ts'
import { take } from '#core/user/throttle.ts'
import { fileAnswer } from '#edge/file-answer.ts'
import { addressOf } from '#edge/session.ts'
import { boundaryOf, MultipartError, type Part, readParts } from '#lib/multipart.ts'
import { actorOf, answerOf } from './answer.ts'
import { admit } from './caller.ts'
import { type CallerWithPerson, person, type UcenterDeps } from './endpoint.ts'
import { fieldsOf, takeToken } from './fields.ts'
import { downloadPath, uploadPath } from './routes.ts'

const accepts = 'multipart/form-data'
const who = person('file:write')
/** Of a field that is no file. */
const fieldBytesMax = 8 * 1024

export function serveFiles(server: FastifyInstance, deps: UcenterDeps): void {
  server.removeAllContentTypeParsers()
  // The body stays a stream.
  server.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null))
  server.route({ method: 'POST', url: uploadPath, config: { accepts }, handler: (request) => upload(request, deps) })
  server.get(downloadPath, (request, reply) => download(request, reply, deps))
}

async function upload(request: FastifyRequest, deps: UcenterDeps) {
  const boundary = boundaryOf(request.headers['content-type'] ?? '')
  if (boundary === undefined) throw fault('unsupported_media_type', { accepts })
  const query = fieldsOf(request.url, '', undefined)
  const fields: Record<string, string> = Object.create(null)
  const tokenSoFar = () => takeToken(request.headers.authorization, { ...query, ...fields }).token
  let admitted: CallerWithPerson | undefined
  async function callerNow(): Promise<CallerWithPerson> {
    admitted ??= (await admit(tokenSoFar(), who, addressOf(request), deps)) as CallerWithPerson
    return admitted
  }
  // A stranger's bytes are not taken; only a token in the form itself has to be waited for.
  if (tokenSoFar() !== undefined) await callerNow()
  let sent: { file: Arrived; name: string } | undefined
  try {
    // Ending early must not end the connection, or nobody would hear why.
    for await (const part of readParts(request.raw.iterator({ destroyOnReturn: false }), boundary)) {
      if (part.name in fields || (part.name === 'file' && sent)) throw fault('invalid_parameters', { reason: 'repeated', name: part.name })
      if (part.filename === undefined || part.name !== 'file') {
        fields[part.name] = await textOf(part)
        continue
      }
      await take(deps.db, boundsOf(await callerNow()), deps.now())
      sent = { file: await receive(deps.config.dataDir, part.bytes, deps.config.fileBytesMax), name: plainName(part.filename) }
    }
    const caller = await callerNow()
    if (!sent) throw fault('invalid_parameters', { reason: 'file_missing' })
    return answerOf('fileKept', await keep(sent.file, sent.name, caller, request, deps), request)
  } catch (error) {
    if (error instanceof TooLarge) throw fault('payload_too_large', { bytesMax: deps.config.fileBytesMax })
    // Or the one who sent it went away in the middle.
    if (error instanceof MultipartError || (request.raw.destroyed && !request.raw.complete)) throw fault('malformed_request')
    throw error
  } finally {
    await sent?.file[Symbol.asyncDispose]()
    letGo(request.raw)
  }
}

const restMsMax = 10_000

/** Who was refused in the middle is still sending, and would not hear of it before the end: it is read away for a while. */
function letGo(body: FastifyRequest['raw']): void {
  if (body.complete) return
  body.resume()
  const timer = setTimeout(() => body.destroy(), restMsMax)
  body.once('close', () => clearTimeout(timer))
}

const boundsOf = ({ app, person }: CallerWithPerson) => [
  { key: `file of user ${person.user.id}`, max: 60, forMs: 60_000 },
  { key: `file of app ${app.id}`, max: 600, forMs: 60_000 },
]

async function textOf({ bytes }: Part): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of bytes) {
    length += chunk.length
    if (length > fieldBytesMax) throw fault('payload_too_large', { bytesMax: fieldBytesMax })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

async function keep(file: Arrived, name: string, caller: CallerWithPerson, request: FastifyRequest, deps: UcenterDeps) {
  const { app, person } = caller
  const type = typeOf(file.head)
  const db = deps.dbAs(actorOf(request, `POST ${uploadPath}`, caller))
  const key = await keepFile({ ...deps, db }, file, type, { userId: person.user.id, appId: app.id, name }, deps.config.fileQuota)
  const extension = extensionOf(name)
  return {
    file_name: name,
    extension,
    mime_type: type,
    size: file.bytes,
    file_path: `${deps.publicUrl()}${uploadPath}/${key}${extension === '' ? '' : `.${extension}`}`,
  }
}

/** By its key; what its sender called it says nothing of what it is. */
async function download(request: FastifyRequest, reply: FastifyReply, deps: UcenterDeps) {
  const [key = '', extension, ...more] = (request.params as { name: string }).name.split('.')
  const row = isFileKey(key) && more.length === 0 ? await findFile(deps.db, key) : undefined
  const isIt = row?.appId != null && extensionOf(row.name ?? '') === (extension ?? '')
  const { bytes, fields } = await fileAnswer(isIt ? row : undefined, deps.files)
  return reply.headers(fields).send(bytes)
}
