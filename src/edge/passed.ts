// Calls that came to a gateway and were passed to us (`core/feed/passed.ts`). Only the feed's listener may say that of a request, once it
// has seen a node credential: what it says is kept beside the request and not in its head, where anybody could write it.

import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isPassedPath, type PassedRefusal, passedFields, passedPrefix, refusalField } from '#core/feed/passed.ts'

interface PassedCall {
  /** The caller's. */
  readonly address: string
  readonly requestId: string
}

const passedCalls = new WeakMap<IncomingMessage, PassedCall>()

/** Makes of a gateway's request the one that its caller sent; false when it is none that may be passed. */
export function unwrapPassed(request: IncomingMessage): boolean {
  const { headers, url = '' } = request
  if (request.method !== 'POST' || !url.startsWith(passedPrefix)) return false
  const target = url.slice(passedPrefix.length)
  const [address, requestId] = [headers[passedFields.address], headers[passedFields.requestId]]
  if (!isPassedPath(target) || typeof address !== 'string' || typeof requestId !== 'string') return false
  passedCalls.set(request, { address, requestId })
  request.url = target
  const authorization = headers[passedFields.authorization]
  for (const name of Object.values(passedFields)) delete headers[name]
  delete headers.authorization
  if (typeof authorization === 'string') headers.authorization = authorization
  return true
}

export function passedCall(request: IncomingMessage): PassedCall | undefined {
  return passedCalls.get(request)
}

const factLengthMax = 200

/** Tells the gateway what its call log shall say of a call that we refuse. */
export function tellGateway(request: FastifyRequest, reply: FastifyReply, refusal: PassedRefusal): void {
  if (!passedCall(request.raw)) return
  // A field has not much room, and a caller's own text may be long.
  const short = (_: string, value: unknown) => (typeof value === 'string' ? value.slice(0, factLengthMax) : value)
  reply.header(refusalField, Buffer.from(JSON.stringify(refusal, short)).toString('base64url'))
}
