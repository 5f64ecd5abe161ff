// Before anything is measured: a peer gives the upstream's answer, and one that checks calls refuses the bad ones by the right name.

import { request } from 'undici'
import { openBody } from '#schemes/envelope.ts'
import { newCall } from './calls.ts'
import type { Partners } from './partners.ts'
import type { Peer } from './peers.ts'
import type { Call } from './signers.ts'
import { upstreamAnswer } from './upstream.ts'

export async function checkConformance(peer: Peer, url: string, { partners, paths }: Partners, signal: AbortSignal): Promise<void> {
  const { calls, checks } = peer
  const partner = partners.get(calls.callers)![0]!
  const interfaces = paths.get(calls.interfaces)!
  const granted = interfaces[(partner.withheld + 1) % interfaces.length]!
  const withheld = interfaces[partner.withheld]!

  async function check(what: string, { target, fields, json }: Call, status: number, expected: string): Promise<void> {
    const content = json === undefined ? { headers: fields } : { method: 'POST', body: json, headers: { ...fields, 'content-type': 'application/json' } } // biome-ignore format: one thought
    // Not by `fetch`, which would put a `Host` of its own in the place of the signed one.
    const { statusCode, body } = await request(url + target, { signal, ...content })
    const text = readable(await body.text())
    if (statusCode !== status || !text.includes(expected)) {
      throw new Error(`${peer.name}: ${what} should get ${status} ${expected.slice(0, 40)}, but got ${statusCode} ${text.slice(0, 300)}`)
    }
  }
  const readable = (answer: string) => (calls.body === 'sealed' ? unsealed(answer, partner.key) : answer)
  const callTo = (path: string) => newCall(calls, partner, path)

  const call = callTo(granted)
  await check('a valid call', call, 200, upstreamAnswer)
  if (checks === 'nothing') return
  await check('a call that was not granted', callTo(withheld), 403, 'not_granted')
  if (checks === 'grant') return
  await check('a replayed call', call, 401, 'replayed_request')
  await check('a tampered call', tampered(callTo(granted)), 401, 'signature_invalid')
}

function tampered({ target, fields, json }: Call): Call {
  return { target: target.replace('size=20', 'size=21'), fields, json: json?.replace(/"(size|encryptResponse)":"\w/, '"$1":"X') }
}

/** What was in an encrypted answer; what came before decryption is in the clear. */
function unsealed(answer: string, key: Parameters<typeof openBody>[2]): string {
  const { data } = JSON.parse(answer) as { data: unknown }
  const opened = typeof data === 'string' ? openBody('aes-256-gcm', data, key) : answer
  return opened.toString()
}
