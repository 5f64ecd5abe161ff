// Codes by way of a provider with an HTTP interface: a POST of a body that the operator wrote, to an address that they chose.

import { setTimeout as sleep } from 'node:timers/promises'
import { askOutward, fieldOf, type OutwardBounds, OutwardError } from '#lib/outward.ts'
import type { Sms, SmsProvider } from './sms-provider.ts'

export interface HttpSmsSettings {
  readonly url: string
  /** Proves us to the provider: `Authorization: Bearer x`. */
  readonly header: string | undefined
  /** With {phone}, {code} and {scene}. */
  readonly body: string
  readonly isOwn: OutwardBounds['isOwn']
}

const tryMsMax = 5_000
/** A person waits for it, and asks for another one soon: a few tries within half a minute, or none. */
const pausesMs = [500, 3_000]
const underWayMax = 200
const bytesMax = 64 * 1024

export function createHttpSms(settings: HttpSmsSettings): SmsProvider {
  let underWay = 0
  return {
    async send(sms) {
      if (underWay >= underWayMax) throw new Error('too many are under way')
      underWay++
      try {
        await deliver(sms, settings)
      } finally {
        underWay--
      }
    },
  }
}

async function deliver(sms: Sms, settings: HttpSmsSettings): Promise<void> {
  for (const pauseMs of [...pausesMs, undefined]) {
    const problem = await post(sms, settings)
    if (problem === undefined) return
    if (pauseMs === undefined || !problem.isWorthAnother) throw new Error(problem.text)
    await sleep(pauseMs, undefined, { ref: false })
  }
}

/** Undefined when the provider took it. */
async function post(sms: Sms, settings: HttpSmsSettings): Promise<{ text: string; isWorthAnother: boolean } | undefined> {
  const body = fillIn(settings.body, sms)
  const headers = { 'content-type': body.type, 'content-length': String(Buffer.byteLength(body.text)), ...fieldOf(settings.header) }
  const bounds = { bytesMax, isOwn: settings.isOwn, signal: AbortSignal.timeout(tryMsMax) }
  try {
    const { status } = await askOutward(new URL(settings.url), headers, bounds, body.text)
    if (status >= 200 && status < 300) return undefined
    return { text: `the provider answered ${status}`, isWorthAnother: status >= 500 || status === 429 }
  } catch (error) {
    return { text: (error as Error).message, isWorthAnother: !(error instanceof OutwardError && error.why === 'barred') }
  }
}

function fillIn(template: string, { to, code, scene }: Sms): { text: string; type: string } {
  const isJson = /^\s*(?:\{\s*"|\[)/.test(template)
  const values: Record<string, string> = { phone: to, code, scene }
  const text = template.replace(/\{(phone|code|scene)\}/g, (_, name: string) =>
    isJson ? JSON.stringify(values[name]).slice(1, -1) : encodeURIComponent(values[name]!),
  )
  return { text, type: isJson ? 'application/json' : 'application/x-www-form-urlencoded' }
}
