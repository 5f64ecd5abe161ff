// IP addresses and CIDR ranges, v4 and v6.

import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

/** An address as it is compared: an IPv4 one that came over IPv6 is an IPv4 one. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address
}

/**
 * Who an address belongs to, as far as one can tell: an IPv6 address stands for its /64, which is what one customer gets at least
 * (settled F4).
 */
export function networkOf(address: string): string {
  return isIPv6(address) ? groupsOf(address).slice(0, 4).join(':') : address
}

// The eight groups of an IPv6 address, without leading zeros.
function groupsOf(address: string): string[] {
  const [plain = ''] = address.split('%')
  const [head = '', tail] = plain.replace(/:\d+\.[\d.]+$/, ':0:0').split('::')
  const left = head.split(':').filter((group) => group !== '')
  const right = (tail ?? '').split(':').filter((group) => group !== '')
  const missing = Array<string>(8 - left.length - right.length).fill('0')
  return [...left, ...missing, ...right].map((group) => Number.parseInt(group, 16).toString(16))
}

export function isRange(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
}

/** Whether an address lies in one of the ranges. */
export function compileRanges(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/')
    const family = isIPv4(address) ? 'ipv4' : 'ipv6'
    list.addSubnet(address, prefix === undefined ? (family === 'ipv4' ? 32 : 128) : Number(prefix), family)
  }
  return (address) => {
    const version = isIP(address)
    return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }
}
