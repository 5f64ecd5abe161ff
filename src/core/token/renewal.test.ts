import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createSealer } from '#lib/seal.ts'
import { refreshIn, renew, renewalMs } from './renewal.ts'
import { type Claims, createTokens } from './token.ts'

const sealer = createSealer(randomBytes(32))
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const key = {
  kind: 'signing_key',
  id: 1,
  kid: 'k1',
  publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  privateKeySealed: sealer.seal('signing-key', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
  createdAt: 1,
  retired: false,
} as const
/** As each thread of each node has them. */
const newTokens = () => createTokens([key], sealer)
const tokens = newTokens()

const start = Date.UTC(2026, 0, 1)
const ttl = 3_600
const day = 86_400_000

function first(): { text: string; claims: Claims } {
  const text = tokens.sign('app', { sub: 'a', epoch: 3, exp: start / 1000 + ttl }, start)
  return { text, claims: tokens.verify('app', text, start) as Claims }
}

test('a token has one successor, to the byte, whoever makes it and when', () => {
  const { text, claims } = first()
  const endedAt = claims.exp! * 1000
  const one = renew(text, claims, tokens, ttl, endedAt)!
  const other = renew(text, claims, newTokens(), ttl, endedAt + renewalMs)!
  assert.deepEqual(other, one)
  const { sub, epoch, fam, exp } = tokens.verify('app', one.token, endedAt) as Claims
  assert.deepEqual({ sub, epoch, fam }, { sub: 'a', epoch: 3, fam: start / 1000 })
  assert.ok(exp! * 1000 >= endedAt + renewalMs + ttl * 1000, 'who asks last has a whole life of it')
  assert.notEqual(renew(`${text} `, claims, tokens, ttl, endedAt)!.print, one.print)
})

test('a family ends thirty days after the app proved its secret', () => {
  let { text, claims } = first()
  let renewals = 0
  for (;;) {
    const now = claims.exp! * 1000
    const next = renew(text, claims, tokens, ttl, now)
    if (!next) break
    text = next.token
    claims = tokens.verify('app', text, now) as Claims
    renewals++
    assert.ok(claims.exp! * 1000 <= start + 30 * day)
  }
  assert.equal(claims.exp! * 1000, start + 30 * day)
  assert.ok(renewals > 600)
})

test('a client asks anew while its token is still good', () => {
  assert.equal(refreshIn(172_800), 138_240)
  assert.equal(refreshIn(1), 1)
})
