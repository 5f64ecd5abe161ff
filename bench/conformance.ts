// Before anything is measured: a peer gives the upstream's answer, and one that checks calls refuses the bad ones by the right name.

import { type Call, signedCall } from './calls.ts'
import type { Partners } from './partners.ts'
import type { Peer } from './peers.ts'
import { upstreamAnswer } from './upstream.ts'

export async function checkConformance(peer: Peer, url: string, { partners, paths }: Partners, signal: AbortSignal): Promise<void> {
  const partner = partners[0]!
  const interfaces = paths.get(peer.calls.security)!
  const granted = interfaces[(partner.withheld + 1) % interfaces.length]!
  const withheld = interfaces[partner.withheld]!

  async function check(what: string, call: Call, status: number, expected: string): Promise<void> {
    const response = await fetch(url + call.target, { headers: call.fields, signal })
    const text = await response.text()
    if (response.status !== status || !text.includes(expected)) {
      throw new Error(
        `${peer.name}: ${what} should get ${status} ${expected.slice(0, 40)}, but got ${response.status} ${text.slice(0, 300)}`,
      )
    }
  }
  const newCall = (path = granted) => signedCall(peer.calls.scheme, partner, path)

  const call = newCall()
  await check('a valid call', call, 200, upstreamAnswer)
  if (!peer.checks) return
  await check('a replayed call', call, 401, 'replayed_request')
  const other = newCall()
  await check('a tampered call', { ...other, target: other.target.replace('size=20', 'size=21') }, 401, 'signature_invalid')
  await check('a call that was not granted', newCall(withheld), 403, 'not_granted')
}
