// How the demo sends: one request, one answer, and what the story calls its outcome. Also what a request to the management API is.

import { request as openRequest } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import type { Request } from './partner.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: the story looks into it, and ends where it does not find what it was told
  readonly json: any
}

export async function send({ method, url, headers, body }: Request): Promise<Answer> {
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) })
  return answerOf(response.status, response.headers, await response.text())
}

/** Sends only the head of a request, whose `Content-Length` announces a body, and waits for the answer to that. */
export async function sendHead({ method, url, headers }: Request): Promise<Answer> {
  const outgoing = openRequest(url, { method, headers })
  try {
    return await new Promise<Answer>((resolve, reject) => {
      outgoing.on('error', reject)
      outgoing.on('response', (response) => {
        const fields = new Headers(response.headers as Record<string, string>)
        readText(response).then((text) => resolve(answerOf(response.statusCode ?? 0, fields, text)), reject)
      })
      outgoing.flushHeaders()
    })
  } finally {
    outgoing.destroy()
  }
}

function answerOf(status: number, headers: Headers, text: string): Answer {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined
  }
  return { status, headers, text, json }
}

/** `200`, or a refusal's status and name: `403 not_granted`. */
export function outcomeOf({ status, json }: Answer): string {
  return typeof json?.error === 'string' ? `${status} ${json.error}` : String(status)
}

/** A request to the management API, as a signed-in person or, without a session, as anyone. */
export function managementRequest(platform: string, method: string, path: string, body?: object, session?: string): Request {
  return {
    method,
    url: platform + path,
    headers: {
      ...(session === undefined ? {} : { authorization: `Bearer ${session}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }
}
