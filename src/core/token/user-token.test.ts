import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { RevocationDocument } from '#core/feed/document.ts'
import { createSealer } from '#lib/seal.ts'
import { Revocations } from './revocation.ts'
import { createTokens } from './token.ts'
import { createUserTokens, userTokenLifeMsMax } from './user-token.ts'

const sealer = createSealer(randomBytes(32))
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const pem = { type: 'pkcs8', format: 'pem' } as const
const key = {
  kind: 'signing_key',
  id: 1,
  kid: 'k1',
  publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  privateKeySealed: sealer.seal('signing-key', privateKey.export(pem).toString()),
  createdAt: 1,
  retired: false,
} as const
const tokens = createTokens([key], sealer)
const userTokens = createUserTokens(tokens, sealer)

const now = Date.UTC(2026, 0, 1) + 123
const said = {
  appId: 'app1',
  userId: '4711',
  openId: 'o-1',
  scope: 'profile email',
  jti: 'j',
  grantId: 'g',
  expiresAt: Math.floor(now / 1000) * 1000 + 60_000,
}

test('a user token says what it was made of, to the millisecond that it was made', () => {
  assert.deepEqual(userTokens.verify(userTokens.sign(said, now), now), { ...said, issuedAt: now })
  assert.equal(userTokens.verify(userTokens.sign(said, now), said.expiresAt), 'expired')
})

test('an app learns nothing of who a person is from tokens', () => {
  const read = (token: string) => Buffer.from(token.split('.')[1]!, 'base64url').toString()
  const [one, again] = [read(userTokens.sign(said, now)), read(userTokens.sign(said, now))]
  assert.ok(!one.includes('4711'))
  assert.equal(JSON.parse(one).sub, 'o-1')
  // Nor that two tokens are of one person, from what is sealed in them.
  assert.notEqual(JSON.parse(one).who, JSON.parse(again).who)
})

test('a token that would outlive what ends it is never made', () => {
  assert.throws(() => userTokens.sign({ ...said, expiresAt: now + userTokenLifeMsMax + 1 }, now))
})

for (const [subject, value] of [
  ['jti', 'j'],
  ['grant', 'g'],
  ['user', '4711'],
  ['app', 'app1'],
] as const) {
  test(`revoked by ${subject}: tokens of before are ended, later ones and other people's are not, and in the end nothing is kept`, () => {
    const revocations = new Revocations()
    const at = (issuedAt: number, more = {}) => ({ ...said, ...more, issuedAt })
    assert.equal(revocations.has(at(now)), false)
    const document: RevocationDocument = { kind: 'revocation', id: 1, subject, value, revokedAt: now, until: now + 1_000 }
    revocations.add(document)
    assert.equal(revocations.has(at(now)), true)
    assert.equal(revocations.has(at(now - 1)), true)
    // A person and an app go on with what is made later; a token or a grant never does.
    assert.equal(revocations.has(at(now + 1)), subject === 'jti' || subject === 'grant')
    assert.equal(revocations.has(at(now, { jti: 'k', grantId: 'h', userId: '1', appId: 'app2' })), false)
    // A name that stands under another subject is another name.
    assert.equal(revocations.has(at(now, { jti: 'g', grantId: '4711', userId: 'j', appId: 'g' })), false)
    revocations.forgetEnded(now + 999)
    assert.deepEqual([...revocations.values()], [document])
    revocations.forgetEnded(now + 1_000)
    assert.deepEqual([...revocations.values()], [])
  })
}
