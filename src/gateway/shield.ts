// What is known of a caller before anything it says is looked at: its address. Lists, calls a second, and a budget for bad credentials,
// past which an address is refused before any cryptography (settled F12; an app has no budget of its own, or anybody could use it up).

import type { FaultName } from '#core/fault.ts'
import { compileRanges, plainAddress } from '#lib/address.ts'
import type { IpCounters } from './ip-counters.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Exchange } from './transport/exchange.ts'

export interface ShieldSettings {
  readonly trustedProxies: readonly string[]
  readonly ipAllow: readonly string[]
  readonly ipDeny: readonly string[]
  /** Calls a second of one address; 0 is no limit. */
  readonly ipLimit: number
  /** Bad credentials a minute of one address; 0 is no limit. */
  readonly badCredentialLimit: number
}

export interface Shield {
  /** The caller's address: that of the connection, or what a trusted proxy says it is. */
  addressOf(exchange: Exchange): string
  protocolOf(exchange: Exchange): 'http' | 'https'
  check(address: string, now: number): Refusal | undefined
  /** Counts a refusal against the address's budget when it was for bad credentials. */
  note(address: string, fault: FaultName, now: number): void
}

/** Calls of an address are counted by the second, bad credentials by the minute; apart, so that neither uses up the other. */
export function createShield(settings: ShieldSettings, calls: IpCounters, badCredentials: IpCounters): Shield {
  const isTrusted = compileRanges(settings.trustedProxies)
  const isAllowed = compileRanges(settings.ipAllow)
  const isDenied = compileRanges(settings.ipDeny)

  return {
    addressOf(exchange) {
      const peer = plainAddress(exchange.remoteAddress)
      if (settings.trustedProxies.length === 0 || !isTrusted(peer)) return peer
      return lastUntrusted(exchange.field('x-forwarded-for'), isTrusted) ?? peer
    },

    protocolOf(exchange) {
      if (settings.trustedProxies.length === 0) return exchange.isSecure ? 'https' : 'http'
      const told = isTrusted(plainAddress(exchange.remoteAddress)) ? exchange.field('x-forwarded-proto') : undefined
      return told === 'https' || (told === undefined && exchange.isSecure) ? 'https' : 'http'
    },

    check(address, now) {
      if (settings.ipDeny.length > 0 && isDenied(address)) return refuse('ip_denied')
      if (settings.ipAllow.length > 0 && !isAllowed(address)) return refuse('ip_denied')
      if (settings.ipLimit > 0 && calls.add(address, Math.floor(now / 1000)) > settings.ipLimit) {
        return refuse('rate_limited', { retryAfter: 1, limit: 'address', quota: settings.ipLimit, window: 1 })
      }
      const { badCredentialLimit } = settings
      if (badCredentialLimit > 0 && badCredentials.count(address, minuteOf(now)) >= badCredentialLimit) {
        const retryAfter = 60 - (Math.floor(now / 1000) % 60)
        return refuse('rate_limited', { retryAfter, limit: 'bad-credentials', quota: badCredentialLimit, window: 60 })
      }
      return undefined
    },

    note(address, fault, now) {
      if (settings.badCredentialLimit > 0 && isBadCredential.has(fault)) badCredentials.add(address, minuteOf(now))
    },
  }
}

const isBadCredential: ReadonlySet<FaultName> = new Set(['invalid_token', 'signature_invalid'])
const minuteOf = (now: number) => Math.floor(now / 60_000)

// Each proxy adds the address that it saw at the end; what stands before the last one we do not trust is the caller's own word.
function lastUntrusted(forwardedFor: string | undefined, isTrusted: (address: string) => boolean): string | undefined {
  const chain = (forwardedFor ?? '').split(',').map((address) => plainAddress(address.trim()))
  return chain.findLast((address) => address !== '' && !isTrusted(address))
}
