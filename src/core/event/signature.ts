// How an event is signed: Standard Webhooks 1.0, symmetric. The key is the bytes of the app's secret; a library wants them as
// `whsec_` and their Base64 (settled A9).

import { createHmac, type KeyObject } from 'node:crypto'

interface Signed {
  readonly 'webhook-id': string
  readonly 'webhook-timestamp': string
  /** One for each live secret: while a reset has its grace, the receiver may know either. */
  readonly 'webhook-signature': string
}

/** The fields of a letter. */
export function eventFields(id: string, time: Date, body: string, secrets: readonly KeyObject[]): Readonly<Record<string, string>> {
  return { ...sign(id, time, body, secrets), 'content-type': 'application/json', 'user-agent': 'Kaimen' }
}

function sign(id: string, time: Date, body: string, secrets: readonly KeyObject[]): Signed {
  const timestamp = String(Math.floor(time.getTime() / 1_000))
  const signatures = secrets.map((secret) => `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`)
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}
