// What a gateway posts to `/usage`. It shows a node credential, but what it tells comes from callers and from its disk: what PostgreSQL would
// not hold, or `/metrics` not show, does not pass here.

import { z } from 'zod'
import type { CallRecord } from '#core/feed/document.ts'
import { latencyBoundsMs } from '#core/feed/figures.ts'

const bytesMax = 32 * 1024 * 1024

/** Undefined: it is none, or too long. */
export async function readUsageBatch(body: AsyncIterable<Buffer>): Promise<z.infer<typeof usageBatch> | undefined> {
  const text = await textOf(body)
  if (text === undefined) return undefined
  try {
    return usageBatch.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > bytesMax) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

const amount = z.number().min(0)
const whole = z.int().min(0)
/** Of a row, or 0 for none. */
const idOrNone = whole.max(2_147_483_647)
const id = idOrNone.min(1)
/** Its first second, epoch seconds. */
const minute = whole.max(4_102_444_800).multipleOf(60)
const timeMs = whole.max(4_102_444_800_000)
/** Becomes a label of `/metrics`. */
const faultName = z.string().regex(/^[a-z_]{1,64}$/)
const amountByFault = z.record(faultName, amount)

const gatewayFigures = z.object({
  calls: z.object({ answered: amount, refused: amount, failed: amount }),
  refusals: amountByFault,
  failures: amountByFault,
  latency: z.object({ counts: z.array(amount).length(latencyBoundsMs.length + 1), sumMs: amount }),
  connections: amount,
  latenessMs: amount,
  rssBytes: amount,
  nonces: z.object({ alive: amount, room: amount }),
  ailing: z.array(z.object({ serviceId: whole, url: z.url().max(512) })).max(10_000),
  revision: amount,
  stalenessMs: amount,
})

/** Callers' own text is in it, and PostgreSQL holds neither NUL nor a lone surrogate. */
const clean = (max: number) => z.string().transform((value) => value.slice(0, max).toWellFormed().replaceAll('\0', '\ufffd'))

const callRecord = z.object({
  time: timeMs,
  requestId: z.uuid(),
  ip: clean(64),
  method: clean(32),
  path: clean(200),
  operationId: idOrNone,
  appId: idOrNone,
  status: whole.max(999),
  latencyMs: whole.max(2_147_483_647),
  bytes: whole,
  error: clean(64).nullable(),
  stage: z.custom<CallRecord['stage']>((value) => value === null || (typeof value === 'string' && /^[a-z]{1,20}$/.test(value))),
  detail: z.record(clean(64), z.union([z.number(), clean(1_000)])).nullable(),
  revision: whole,
  /** 4 KB in another alphabet, and sealed. */
  evidence: z.string().startsWith('v1.').max(32_768).optional(),
})

// What has a default is not told by a gateway of before, or by its spool.
const usageBatch = z.object({
  source: z.uuid(),
  number: whole,
  counts: z.array(
    z.object({
      minute,
      operationId: id,
      appId: idOrNone,
      calls: whole,
      refused: whole,
      limited: whole.default(0),
      failed: whole,
      latencyMs: whole,
    }),
  ),
  errors: z.array(z.object({ minute, appId: idOrNone, error: faultName, calls: whole })).default([]),
  // One that is not right shall not keep the counts from being taken.
  calls: z
    .array(callRecord.optional().catch(undefined))
    .transform((calls) => calls.filter((call) => call !== undefined))
    .default([]),
  leftOut: z.array(z.object({ minute, calls: whole })).default([]),
  tripped: z.array(z.object({ operationId: id, opening: whole })).default([]),
  running: z.array(z.object({ operationId: id, appId: idOrNone, calls: whole })).exactOptional(),
  secretUses: z.array(z.tuple([id, timeMs])).default([]),
  figures: gatewayFigures.exactOptional(),
})
