import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileRanges, isRange, networkOf, plainAddress } from './address.ts'

test('ranges hold what lies in them, v4 and v6', () => {
  const holds = compileRanges(['10.0.0.0/8', '192.168.1.7', '2001:db8::/32', '::1'])
  for (const address of ['10.0.0.0', '10.255.255.255', '192.168.1.7', '2001:db8::1', '::1']) assert.ok(holds(address), address)
  for (const address of ['11.0.0.0', '192.168.1.8', '2001:db9::1', '::2', '', 'x', '10.0.0']) assert.ok(!holds(address), address)
  assert.ok(!compileRanges([])('10.0.0.1'))
})

test('what is no range is told from what is one', () => {
  for (const text of ['10.0.0.0/8', '0.0.0.0/0', '::/0', '::1/128', '1.2.3.4']) assert.ok(isRange(text), text)
  for (const text of ['10.0.0.0/33', '::1/129', '10.0.0/8', 'a', '', '1.2.3.4/', '1.2.3.4/-1', '1.2.3.4/8/8', '1.2.3.4/08x'])
    assert.ok(!isRange(text), text)
})

test('an IPv4 address that came over IPv6 is an IPv4 address', () => {
  assert.equal(plainAddress('::ffff:1.2.3.4'), '1.2.3.4')
  assert.equal(plainAddress('::ffff:0:1'), '::ffff:0:1')
})

test('an IPv6 address stands for its /64, an IPv4 address for itself', () => {
  for (const same of ['2001:db8:0:7::1', '2001:0DB8::7:ffff:1:2:3', '2001:db8::7:0:0:1.2.3.4', '2001:db8:0:7:1:2:3:4%eth0']) {
    assert.equal(networkOf(same), '2001:db8:0:7', same)
  }
  assert.equal(networkOf('::1'), '0:0:0:0')
  assert.equal(networkOf('1.2.3.4'), '1.2.3.4')
})
