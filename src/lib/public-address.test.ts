// Which addresses a stranger may have us connect to: the rows are IANA's special-purpose registries, first and last address of each.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AddressScope, isPublicAddress, resolveHost, scopeOf } from './public-address.ts'

const rows: readonly [scope: AddressScope, what: string, ...addresses: string[]][] = [
  ['public', 'ordinary', '1.1.1.1', '8.8.8.8', '223.5.5.5', '93.184.216.34', '191.255.255.255', '223.255.255.255'],
  ['public', 'ordinary, IPv6', '2606:4700:4700::1111', '2400:3200::1', '2001:4860:4860::8888', '2001:200::', '3ffe::1', '3fff:1000::'],
  ['special', 'this network', '0.0.0.0', '0.0.0.1', '0.255.255.255'],
  ['private', 'private-use 10/8', '10.0.0.0', '10.255.255.255'],
  ['public', 'beside 10/8', '9.255.255.255', '11.0.0.0'],
  ['private', 'shared', '100.64.0.0', '100.127.255.255'],
  ['public', 'beside shared', '100.63.255.255', '100.128.0.0'],
  ['private', 'loopback', '127.0.0.1', '127.0.0.0', '127.255.255.255'],
  ['public', 'beside loopback', '126.255.255.255', '128.0.0.0'],
  ['special', 'link-local', '169.254.0.0', '169.254.169.254', '169.254.255.255'],
  ['public', 'beside link-local', '169.253.255.255', '169.255.0.0'],
  ['private', 'private-use 172.16/12', '172.16.0.0', '172.31.255.255'],
  ['public', 'beside 172.16/12', '172.15.255.255', '172.32.0.0'],
  [
    'special',
    'IETF protocol assignments',
    '192.0.0.0',
    '192.0.0.8',
    '192.0.0.9',
    '192.0.0.10',
    '192.0.0.170',
    '192.0.0.192',
    '192.0.0.255',
  ],
  ['public', 'beside 192.0.0/24', '191.255.255.255', '192.0.1.0'],
  ['special', 'documentation', '192.0.2.0', '192.0.2.255', '198.51.100.0', '198.51.100.255', '203.0.113.0', '203.0.113.255'],
  ['special', 'AS112', '192.31.196.0', '192.31.196.255', '192.175.48.0', '192.175.48.255'],
  ['special', 'AMT', '192.52.193.0', '192.52.193.255'],
  ['special', '6to4 relay', '192.88.99.0', '192.88.99.2', '192.88.99.255'],
  ['private', 'private-use 192.168/16', '192.168.0.0', '192.168.255.255'],
  ['public', 'beside 192.168/16', '192.167.255.255', '192.169.0.0'],
  ['special', 'benchmarking', '198.18.0.0', '198.19.255.255'],
  ['public', 'beside benchmarking', '198.17.255.255', '198.20.0.0'],
  ['special', 'multicast', '224.0.0.0', '239.255.255.255'],
  ['special', 'reserved and broadcast', '240.0.0.0', '255.255.255.254', '255.255.255.255'],
  ['special', 'metadata of clouds', '100.100.100.200', '168.63.129.16', 'fd00:ec2::254', 'fd20:ce::254'],
  ['special', 'unspecified, IPv6', '::', '0:0:0:0:0:0:0:0'],
  ['private', 'loopback, IPv6', '::1', '0:0:0:0:0:0:0:1'],
  ['special', 'IPv4-compatible, deprecated', '::127.0.0.1', '::8.8.8.8', '::2'],
  ['private', 'IPv4-mapped', '::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:ffff:10.0.0.1', '::FFFF:192.168.1.1'],
  ['special', 'IPv4-mapped', '::ffff:0.0.0.0', '::ffff:0:0', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '::ffff:a8:3f81'],
  ['public', 'IPv4-mapped', '::ffff:8.8.8.8', '::ffff:808:808'],
  ['special', 'IPv4-translated', '::ffff:0:127.0.0.1', '::ffff:0:8.8.8.8'],
  ['private', 'NAT64', '64:ff9b::127.0.0.1', '64:ff9b::a00:1', '64:ff9b::10.0.0.0', '64:ff9b:0:0:0:0:c0a8:101'],
  ['special', 'NAT64', '64:ff9b::', '64:ff9b::1', '64:ff9b::169.254.169.254'],
  ['public', 'NAT64', '64:ff9b::8.8.8.8', '64:ff9b::808:808'],
  ['special', 'NAT64 of one’s own', '64:ff9b:1::', '64:ff9b:1::8.8.8.8', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff', '64:ff9b::1:0:8.8.8.8'],
  ['special', 'discard-only, dummy', '100::', '100::ffff:ffff:ffff:ffff', '100:0:0:1::', '100:0:0:1:ffff:ffff:ffff:ffff'],
  ['special', 'IETF protocol assignments, IPv6', '2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['special', 'Teredo', '2001::1', '2001:0:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['special', 'anycast of 2001:1::/32', '2001:1::1', '2001:1::2', '2001:1::3'],
  ['special', 'benchmarking, AMT, AS112', '2001:2::', '2001:2:0:ffff:ffff:ffff:ffff:ffff', '2001:3::', '2001:4:112::', '2620:4f:8000::1'],
  ['special', 'ORCHID, ORCHIDv2, drones', '2001:10::', '2001:1f:ffff::', '2001:20::', '2001:2f:ffff::', '2001:30::', '2001:3f:ffff::'],
  [
    'special',
    'documentation, IPv6',
    '2001:db8::',
    '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff',
    '3fff::',
    '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff',
  ],
  ['special', '6to4', '2002::', '2002:7f00:1::', '2002:808:808::1', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['special', 'segment routing', '5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['private', 'unique local', 'fc00::', 'fc00::1', 'fd12:3456::1', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['special', 'link-local, IPv6', 'fe80::', 'fe80::1', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe80::1%eth0', '2400:3200::1%eth0'],
  ['special', 'site-local, deprecated', 'fec0::1', 'feff::1'],
  ['special', 'multicast, IPv6', 'ff00::', 'ff02::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['special', 'never given out', '4000::', '1fff::', 'e000::', '::1:0:0'],
  [
    'special',
    'no address',
    '',
    'x',
    '1.2.3',
    '01.2.3.4',
    '1.2.3.4.5',
    '2130706433',
    '0x7f.1',
    'localhost',
    '[::1]',
    '1.2.3.4/32',
    ' 1.2.3.4',
  ],
]

for (const [scope, what, ...addresses] of rows) {
  test(`${what}: ${scope}`, () => {
    for (const address of addresses) {
      assert.equal(scopeOf(address), scope, address)
      assert.equal(isPublicAddress(address), scope === 'public', address)
    }
  })
}

test('a host leads to its allowed addresses, and says which are not', async () => {
  const resolve = (host: string) => resolveHost(host, isPublicAddress, 5_000)
  assert.deepEqual(await resolve('8.8.8.8'), { allowed: ['8.8.8.8'], refused: [] })
  assert.deepEqual(await resolve('[2400:3200::1]'), { allowed: ['2400:3200::1'], refused: [] })
  assert.deepEqual(await resolve('[::ffff:7f00:1]'), { allowed: [], refused: ['::ffff:7f00:1'] })
  for (const host of ['localhost', 'LOCALHOST.', 'a.b.localhost']) {
    assert.deepEqual(await resolve(host), { allowed: [], refused: ['127.0.0.1', '::1'] }, host)
  }
  assert.deepEqual(await resolve('nobody.invalid'), { allowed: [], refused: [] })
})
