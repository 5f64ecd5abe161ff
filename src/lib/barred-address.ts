// Addresses that nobody's setting may lead to: link-local ones, and those where clouds tell a machine its secrets (settled F26).

import { BlockList, isIP } from 'node:net'

const barred = new BlockList()
barred.addSubnet('169.254.0.0', 16, 'ipv4')
barred.addSubnet('fe80::', 10, 'ipv6')
// Alibaba Cloud, Azure, Oracle Cloud; Amazon and Google over IPv6.
for (const address of ['100.100.100.200', '168.63.129.16', '192.0.0.192']) barred.addAddress(address, 'ipv4')
for (const address of ['fd00:ec2::254', 'fd20:ce::254']) barred.addAddress(address, 'ipv6')

/** IPv4 inside IPv6 counts as IPv4. False for what is no address. */
export function isBarredAddress(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && barred.check(address, family === 6 ? 'ipv6' : 'ipv4')
}
