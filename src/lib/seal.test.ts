import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createSealer } from './seal.ts'

test('what was sealed opens again, and never looks the same twice', () => {
  const sealer = createSealer(randomBytes(32))
  const [one, two] = [sealer.seal('app-secret', '密'), sealer.seal('app-secret', '密')]
  assert.notEqual(one, two)
  assert.equal(sealer.open('app-secret', one), '密')
})

test('another key, another purpose and every changed byte are refused', () => {
  const sealer = createSealer(randomBytes(32))
  const sealed = sealer.seal('app-secret', 'secret')
  assert.throws(() => createSealer(randomBytes(32)).open('app-secret', sealed))
  assert.throws(() => sealer.open('signing-key', sealed))
  const bytes = sealer.sealBytes('snapshot', Buffer.from('secret'))
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes)
    changed[at]! ^= 1
    assert.throws(() => sealer.openBytes('snapshot', changed))
  }
})
