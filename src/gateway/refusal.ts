// A refused call, by name, and its answer. The walk returns refusals and does not throw: a flood of bad calls must not capture stacks.

import { type Detail, type FaultName, faults, Refusal } from '#core/fault.ts'
import { explain, languageOf } from '#text/text.ts'
import { limitFields } from './limit-fields.ts'
import type { Exchange, Unread } from './transport/exchange.ts'

export { Refusal }

const nothing: Detail = {}

export function refuse(fault: FaultName, detail: Detail = nothing): Refusal {
  return new Refusal(fault, detail)
}

/** Of a body that was not read to its end. */
export function refuseUnread(why: Unread, bytesMax: number): Refusal {
  return why === 'too_large' ? refuse('body_too_large', { bytesMax }) : refuse('invalid_parameters', { reason: 'body_too_slow' })
}

/** Answers in the envelope of contract §1, or of §4 to one who came with a member token; returns the bytes of it. */
export function replyRefusal(
  exchange: Exchange,
  refusal: Refusal,
  requestId: string,
  isMember = false,
  fields: readonly string[] = [],
): number {
  const { code, status } = faults[refusal.fault]
  const msg = explain(refusal.fault, refusal.detail, languageOf(exchange.field('accept-language')))
  const head = isMember ? { code: status, msg, time: Math.floor(Date.now() / 1000) } : { code, msg }
  const body = JSON.stringify({ ...head, data: null, error: refusal.fault, requestId })
  const lines = ['content-type', 'application/json; charset=utf-8', 'x-request-id', requestId, 'cache-control', 'no-store', ...fields]
  const { retryAfter, limit, quota, window } = refusal.detail
  if (retryAfter !== undefined) lines.push('retry-after', String(retryAfter))
  if (limit !== undefined) {
    const resetSeconds = Number(retryAfter)
    lines.push(...limitFields([{ name: String(limit), quota: Number(quota), remaining: 0, windowSeconds: Number(window), resetSeconds }]))
  }
  exchange.reply(status, lines, body)
  return Buffer.byteLength(body)
}
