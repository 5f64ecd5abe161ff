import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { exportJWK, importPKCS8, jwtVerify, SignJWT } from 'jose'
import type { SigningKeyDocument } from '#core/feed/document.ts'
import { createSealer } from '#lib/seal.ts'
import { createTokens, type TokenKind, tokenKinds } from './token.ts'

const sealer = createSealer(randomBytes(32))
const now = Date.UTC(2026, 0, 1)
const kinds = Object.keys(tokenKinds) as TokenKind[]

function newKey(kid: string, createdAt: number, retired = false): SigningKeyDocument & { pem: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const document = { kind: 'signing_key', id: 1, kid, publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() } as const
  return { ...document, privateKeySealed: sealer.seal('signing-key', pem), createdAt, retired, pem }
}

const key = newKey('k1', 1)
const tokens = createTokens([key], sealer)

test('a token of ours is a JWT to another library', async () => {
  const token = tokens.sign('app', { sub: 'a', epoch: 1, exp: now / 1000 + 60 }, now)
  const jwk = await exportJWK(createPublicKey(key.publicKey))
  const { payload, protectedHeader } = await jwtVerify(token, jwk, {
    audience: 'kaimen:gateway',
    typ: 'app+jwt',
    currentDate: new Date(now),
    algorithms: ['EdDSA'],
  })
  assert.equal(payload.sub, 'a')
  assert.equal(payload.iat, now / 1000)
  assert.equal(protectedHeader.kid, 'k1')
})

for (const made of kinds) {
  test(`a ${made} token passes for no other kind`, () => {
    const token = tokens.sign(made, { sub: 'a', exp: now / 1000 + 60 }, now)
    for (const asked of kinds) {
      const verified = tokens.verify(asked, token, now)
      assert.equal(typeof verified === 'object', asked === made, asked)
    }
  })
}

test('a token ends at its second', () => {
  const token = tokens.sign('app', { sub: 'a', exp: now / 1000 + 60 }, now)
  assert.equal(typeof tokens.verify('app', token, now + 59_999), 'object')
  assert.equal(tokens.verify('app', token, now + 60_000), 'expired')
})

for (const kind of ['permanent', 'node'] as const) {
  test(`whoever has a signing key, in use or retired, makes no ${kind} token by it; those that we made stay good`, async () => {
    const claims = { sub: 'a', jti: '6f0c1c8e-3f0e-4b53-9a52-000000000000' }
    const ours = tokens.sign(kind, claims, now)
    const { mac } = JSON.parse(Buffer.from(ours.split('.')[1]!, 'base64url').toString())
    const forge = async (more: object) =>
      new SignJWT({ aud: tokenKinds[kind].aud, ...claims, ...more })
        .setProtectedHeader({ alg: 'EdDSA', typ: tokenKinds[kind].typ, kid: 'k1' })
        .sign(await importPKCS8(key.pem, 'EdDSA'))
    for (const retired of [false, true]) {
      const later = createTokens([{ ...key, retired }, newKey('k2', 2)], sealer)
      assert.equal(typeof later.verify(kind, ours, now), 'object')
      // The last has the MAC of another one of ours.
      for (const more of [{}, { mac: '' }, { mac: 1 }, { mac: mac.slice(1) }, { mac, sub: 'b' }])
        assert.equal(later.verify(kind, await forge(more), now), 'invalid', JSON.stringify(more))
    }
  })
}

test('`none`, an HMAC under the public key, an unknown key and a changed byte are invalid', async () => {
  const claims = { sub: 'a', aud: 'kaimen:gateway', exp: now / 1000 + 60 }
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const none = `${part({ alg: 'none', typ: 'app+jwt', kid: 'k1' })}.${part(claims)}.`
  const hmac = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'app+jwt', kid: 'k1' }).sign(Buffer.from(key.publicKey))
  const stranger = newKey('k1', 1)
  const forged = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', typ: 'app+jwt', kid: 'k1' })
    .sign(await importPKCS8(stranger.pem, 'EdDSA'))
  for (const token of [none, hmac, forged, '', 'a.b.c', 'x'.repeat(10_000)]) assert.equal(tokens.verify('app', token, now), 'invalid')
  const good = tokens.sign('app', { sub: 'a', exp: now / 1000 + 60 }, now)
  for (let at = 0; at < good.length; at++) {
    const changed = good.slice(0, at) + (good[at] === 'A' ? 'B' : 'A') + good.slice(at + 1)
    const verified = tokens.verify('app', changed, now)
    // Base64url has bits at the end of a part that stand for nothing.
    if (typeof verified === 'object')
      assert.deepEqual(Buffer.from(changed.split('.')[2]!, 'base64url'), Buffer.from(good.split('.')[2]!, 'base64url'))
  }
})

test('the newest live key signs, all live ones verify, and a retired one only what never ends', () => {
  const [old, live] = [newKey('old', 1), newKey('new', 2)]
  const before = createTokens([old], sealer)
  const [app, permanent] = [before.sign('app', { sub: 'a' }, now), before.sign('permanent', { sub: 'a' }, now)]
  const both = createTokens([old, live], sealer)
  assert.equal(typeof both.verify('app', app, now), 'object')
  assert.equal(JSON.parse(Buffer.from(both.sign('app', { sub: 'a' }, now).split('.')[0]!, 'base64url').toString()).kid, 'new')
  const later = createTokens([{ ...old, retired: true, privateKeySealed: '' }, live], sealer)
  assert.equal(later.verify('app', app, now), 'invalid')
  assert.equal(typeof later.verify('permanent', permanent, now), 'object')
})
