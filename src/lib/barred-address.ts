// Addresses that nobody's setting may lead to: link-local ones, and those where clouds tell a machine its secrets (settled F26).

import { compileRanges } from './address.ts'

const linkLocal = ['169.254.0.0/16', 'fe80::/10']
// Alibaba Cloud, Azure, Oracle Cloud; Amazon and Google over IPv6.
const metadata = ['100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254', 'fd20:ce::254']

/** IPv4 inside IPv6 counts as IPv4. False for what is no address. */
export const isBarredAddress = compileRanges([...linkLocal, ...metadata])
