// What the user centre answers when something is done, and who did it.

import type { FastifyRequest } from 'fastify'
import type { Actor } from '#db/actor.ts'
import { addressOf } from '#edge/session.ts'
import { languageOf, textIn, type UcenterWord } from '#text/text.ts'
import type { Caller } from './endpoint.ts'

export function answerOf(done: UcenterWord, data: unknown, request: FastifyRequest): { code: 1; message: string; data: unknown } {
  return { code: 1, message: textIn(languageOf(request.headers['accept-language'])).ucenter[done], data }
}

export function actorOf(request: FastifyRequest, route: string, { person }: Caller): Actor {
  const user = person && { userId: person.user.id, username: person.user.username }
  return { ...user, ip: addressOf(request), requestId: request.id, route }
}
