// Which callback addresses are taken, however they are spelled (settled A8, F26).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CallbackRule, callbackAddresses, readCallback } from './callback.ts'

const strict: CallbackRule = { allowPrivate: false, allowed: [] }

async function check(texts: readonly string[], expected: unknown, rule = strict): Promise<void> {
  for (const text of texts) assert.deepEqual(await readCallback(text, callbackAddresses(rule)), expected, text)
}

test('an address of the public network is kept as origin and path', async () => {
  await check(['https://8.8.8.8', 'https://8.8.8.8/', 'https://8.8.8.8:443//'], { url: 'https://8.8.8.8' })
  await check(['http://8.8.8.8:8080/events/', 'HTTP://8.8.8.8:8080/a/../events'], { url: 'http://8.8.8.8:8080/events' })
  await check(['https://[2400:3200::1]/x'], { url: 'https://[2400:3200::1]/x' })
  await check(['https://no-such-host.invalid/hook'], { url: 'https://no-such-host.invalid/hook' })
})

test('what is no http(s) address, or says more than where, is refused', async () => {
  await check(
    [
      '',
      'x',
      '//8.8.8.8',
      'ftp://8.8.8.8',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'http://',
      'http://user@8.8.8.8',
      'http://user:password@8.8.8.8',
      'http://:password@8.8.8.8',
      'https://8.8.8.8/#part',
      'https://8.8.8.8/#',
      'https://8.8.8.8/?a=1',
      'https://8.8.8.8/?',
      'https://8.8.8.8:99999',
      'https://8.8.8.8\\@10.0.0.1',
      'https://8.8.8.8/a b',
      'https://8.8\n.8.8',
      `https://8.8.8.8/${'a'.repeat(500)}`,
    ],
    'callback_url',
  )
})

// Each leads to 127.0.0.1, 10.0.0.1 or 169.254.169.254.
const disguised = [
  'http://127.0.0.1',
  'http://127.1',
  'http://2130706433',
  'http://0x7f000001',
  'http://0x7f.0.0.1',
  'http://0177.0.0.1',
  'http://017700000001',
  'http://127.0.0.1.',
  'http://127.0.0.1:8080/path',
  'http://１２７.０.０.１',
  'http://%31%32%37.0.0.1',
  'http://localhost',
  'http://LOCALHOST.',
  'http://api.localhost',
  'http://[::1]',
  'http://[0:0:0:0:0:0:0:1]',
  'http://[::ffff:127.0.0.1]',
  'http://[::ffff:7f00:1]',
  'http://[64:ff9b::7f00:1]',
  'http://10.0.0.1',
  'http://167772161',
  'http://012.0.0.1',
  'http://[::ffff:a00:1]',
]
const neverPrivate = [
  'http://0.0.0.0',
  'http://0',
  'http://[::]',
  'http://169.254.169.254/latest/meta-data',
  'http://0xa9fea9fe',
  'http://2852039166',
  'http://0251.0376.0251.0376',
  'http://[::ffff:169.254.169.254]',
  'http://[fe80::1]',
  'http://100.100.100.200',
  'http://[2002:7f00:1::]',
  'http://255.255.255.255',
  'http://224.0.0.1',
]

test('what leads into a private network is refused, however it is spelled', async () => {
  await check([...disguised, 'http://192.168.1.1', 'http://172.16.0.1', 'http://[fd00::1]', ...neverPrivate], 'callback_private')
})

test('allowed private ones are taken, link-local and metadata ones are not by that', async () => {
  const rule = { allowPrivate: true, allowed: [] }
  for (const text of disguised) assert.notEqual(typeof (await readCallback(text, callbackAddresses(rule))), 'string', text)
  await check(neverPrivate, 'callback_private', rule)
})

test('ranges that are listed are taken, and nothing beside them', async () => {
  const rule = { allowPrivate: false, allowed: ['10.1.0.0/16', '169.254.7.7'] }
  await check(['http://10.1.2.3'], { url: 'http://10.1.2.3' }, rule)
  await check(['http://169.254.7.7'], { url: 'http://169.254.7.7' }, rule)
  await check(['http://10.2.0.1', 'http://169.254.169.254', 'http://localhost'], 'callback_private', rule)
})
