// How an event is signed: Standard Webhooks 1.0, symmetric. The key is the bytes of the app's secret; a library wants them as
// `whsec_` and their Base64 (settled A9).

import { createHmac, type KeyObject } from 'node:crypto'

/** What the fields of a letter say openly; only the signature is missing. */
export function openFields(id: string, time: Date) {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(time.getTime() / 1_000)),
    'content-type': 'application/json',
    'user-agent': 'Kaimen',
  } as const
}

/** The fields of a letter. There is one signature for each live secret: while a reset has its grace, the receiver may know either. */
export function eventFields(id: string, time: Date, body: string, secrets: readonly KeyObject[]): Readonly<Record<string, string>> {
  const open = openFields(id, time)
  const signed = `${id}.${open['webhook-timestamp']}.${body}`
  const signatures = secrets.map((secret) => `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`)
  return { ...open, 'webhook-signature': signatures.join(' ') }
}
