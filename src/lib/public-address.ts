// Which addresses we may connect to when a stranger chose them: ordinary ones of the public network, and no others. Whoever names a
// callback could otherwise have us ask what only we can reach (SSRF). The ranges are those of IANA's special-purpose registries
// (RFC 6890), as of 2025, and what clouds and RFC 4291 add.

import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { compileRanges } from './address.ts'
import { isBarredAddress } from './barred-address.ts'

/** `private`: ours or a neighbour's, behind no router of the public network. `special`: nobody's, or for something else than a service. */
export type AddressScope = 'public' | 'private' | 'special'

// Private-use, shared (RFC 6598), loopback, unique local.
const isPrivate = compileRanges(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '127.0.0.0/8', '::1/128', 'fc00::/7'])

// biome-ignore format: a row for each entry of the registry
const isSpecial = compileRanges([
  '0.0.0.0/8', // this network
  '169.254.0.0/16', // link-local
  '192.0.0.0/24', // IETF protocol assignments
  '192.0.2.0/24',
  '198.51.100.0/24',
  '203.0.113.0/24', // documentation
  '192.31.196.0/24',
  '192.175.48.0/24', // AS112
  '192.52.193.0/24', // AMT
  '192.88.99.0/24', // 6to4 relays, deprecated
  '198.18.0.0/15', // benchmarking
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
  '2001::/23', // IETF protocol assignments: Teredo, benchmarking, AMT, AS112, ORCHID, drone ids
  '2001:db8::/32',
  '3fff::/20', // documentation
  '2002::/16', // 6to4: leads to an IPv4 address
  '2620:4f:8000::/48', // AS112
])

/** Of IPv6 only this much is given out as unicast (RFC 4291); everything outside is local, reserved, or IPv4 in disguise. */
const isGlobalUnicast = compileRanges(['2000::/3'])
/** Well-known prefix of NAT64 (RFC 6052): it is the IPv4 address in its last 32 bits. */
const isNat64 = compileRanges(['64:ff9b::/96'])

/** IPv4 inside IPv6 counts as IPv4. What is no address, or has a zone, is `special`. */
export function scopeOf(address: string): AddressScope {
  const version = address.includes('%') ? 0 : isIP(address)
  if (version === 0) return 'special'
  const embedded = version === 6 ? ipv4In(address) : undefined
  if (embedded !== undefined) return scopeOf(embedded)
  // Before all else: some of them lie in private ranges.
  if (isBarredAddress(address) || isSpecial(address)) return 'special'
  if (isPrivate(address)) return 'private'
  return version === 4 || isGlobalUnicast(address) ? 'public' : 'special'
}

/** The IPv4 address that an IPv6 one stands for, by mapping (RFC 4291) or translation (RFC 6052). */
function ipv4In(address: string): string | undefined {
  // As the URL standard writes it: hexadecimal, the longest run of zeros left out.
  const [, tail] = /^\[(?:::ffff|64:ff9b:):(.*)\]$/.exec(new URL(`http://[${address}]`).hostname) ?? []
  if (tail === undefined || (!isNat64(address) && tail.split(':').length !== 2)) return undefined
  const [high, low] = ['0', '0', ...tail.split(':')].slice(-2).map((group) => Number.parseInt(group || '0', 16)) as [number, number]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** Whether it is an ordinary address of the public network. */
export function isPublicAddress(address: string): boolean {
  return scopeOf(address) === 'public'
}

export interface Resolved {
  /** Those to connect to: the allowed ones, as addresses, so that nobody can change the name's meaning afterwards. */
  readonly allowed: readonly string[]
  /** Those that the name leads to as well, and that are not. */
  readonly refused: readonly string[]
}

/** Where the host of a URL leads now; a name that nobody knows, or not in time, leads nowhere. */
export async function resolveHost(host: string, isAllowed: (address: string) => boolean, timeoutMs: number): Promise<Resolved> {
  const found = await addressesOf(host, timeoutMs)
  return { allowed: found.filter(isAllowed), refused: found.filter((address) => !isAllowed(address)) }
}

async function addressesOf(host: string, timeoutMs: number): Promise<string[]> {
  const literal = host.replace(/^\[|\]$/g, '')
  if (isIP(literal) !== 0) return [literal]
  // Loopback by definition (RFC 6761), whatever a resolver says.
  if (/^(?:.*\.)?localhost\.?$/i.test(host)) return ['127.0.0.1', '::1']
  const { promise, resolve } = Promise.withResolvers<string[]>()
  const timer = setTimeout(() => resolve([]), timeoutMs)
  lookup(host, { all: true, verbatim: true }).then(
    (found) => resolve(found.map(({ address }) => address)),
    () => resolve([]),
  )
  return promise.finally(() => clearTimeout(timer))
}
