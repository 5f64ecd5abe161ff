import assert from 'node:assert/strict'
import { createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { publicKeySchemes } from './index.ts'
import type { Parameter } from './parameters.ts'
import { type PublicKey, readPrivateKey, readPublicKey } from './public-key.ts'
import { rsa2 } from './rsa2.ts'
import { identityOf, sm2 } from './sm2.ts'

function pemOf(label: string, base64: string): string {
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`
}
const spkiOf = (der: Buffer) => pemOf('PUBLIC KEY', der.toString('base64'))
const publicKey = (pem: string): PublicKey => {
  const read = readPublicKey(pem)
  assert.ok(typeof read === 'object', String(read))
  return read
}
const privateKey = (pem: string): PublicKey => {
  const read = readPrivateKey(pem)
  assert.ok(typeof read === 'object', String(read))
  return read
}

// GM/T 0003.5-2012, A.2: the signature example on the recommended curve.
const standard = {
  point: '09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
  z: 'b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3',
  r: 'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3',
  s: 'b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
}
const standardKey = publicKey(spkiOf(Buffer.from(`3059301306072a8648ce3d020106082a811ccf5501822d03420004${standard.point}`, 'hex'))).key
// Both have their first bit set, and so a zero in front.
const standardSign = Buffer.from(`3046022100${standard.r}022100${standard.s}`, 'hex').toString('base64')

test('sm2 agrees with GM/T 0003.5, A.2', () => {
  assert.equal(identityOf(standardKey).toString('hex'), standard.z)
  assert.ok(sm2.verify('message digest', standardSign, standardKey))
  assert.ok(!sm2.verify('message digesT', standardSign, standardKey))
})

// Made by `openssl genpkey -algorithm SM2` and `openssl dgst -sm3 -sign … -sigopt distid:1234567812345678` (OpenSSL 3.0.19).
const opensslPrivate = pemOf(
  'PRIVATE KEY',
  'MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQghnKFK6O0EV9MQn1DMANHYrGUYaXgAVJghWu11yqEOYyhRANCAAQavqZvZMh0XjjMGEmgnF0Qi6ygkk3WbA1w7tsBAc7AFlIUY+qIagQ+NhBV+eB3zB8S8GYbWWZzlWj1gM7c9Xt7',
)
const opensslPublic = pemOf(
  'PUBLIC KEY',
  'MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAEGr6mb2TIdF44zBhJoJxdEIusoJJN1mwNcO7bAQHOwBZSFGPqiGoEPjYQVfngd8wfEvBmG1lmc5Vo9YDO3PV7ew==',
)
const opensslSign = 'MEUCIQC2ZoPTe01DfDmihFLVXeNkDvOfcZjTuD9Qz4YP/IdMdQIgDOGKepFkd8lxvRM7vvDXdIqO+wLHx2mLUmpviblQe2s='
// The same key and message, signed by sm-crypto-v2 1.15.1.
const smCryptoSign = 'MEUCIQCdnuGESPt/HhhDxgs27Lfcxr/ZeceUYlfL/IXRGYbmrwIgG8t8YBZWfOBG9wmkIZIMdTt7ENytGjv1qMSnYPR1dJs='

test('sm2 takes what OpenSSL and sm-crypto sign', () => {
  assert.ok(sm2.verify('hello', opensslSign, publicKey(opensslPublic).key))
  assert.ok(sm2.verify('hello', smCryptoSign, publicKey(opensslPublic).key))
})

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } }) // biome-ignore format: one thought
const keys = {
  rsa2: { privateKey: privateKey(rsa.privateKey).key, publicKey: publicKey(rsa.publicKey).key },
  sm2: { privateKey: privateKey(opensslPrivate).key, publicKey: publicKey(opensslPublic).key },
}

// Made by `openssl genrsa` and `openssl dgst -sha256 -sign`.
const opensslRsaPublic = pemOf(
  'PUBLIC KEY',
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtuG5qAR4nnKXyMhmI3wBloyLCpMHQQcY626GI3QBe1icnNKGDZHZLfqXeftxTg/sZ2pF/dhnKTTbYGZwIpHxKLgZvVkwApsh4mKU1l5Os58xLAyZzRhY+5dXksBjsvsoCJTZ0+p4I9CEXFeIyf1PNwuu6Pk0sboaoMYqStlMFvPXhTJAV2FcoWGPmm1HOWrBcAKoNb9zNSpQV/nSPcNBRjO1v+itmhc3dsH2+2fvLNbejoLvIiDakE4HUr3iKRYAF0bzvPCGsDAU4OzAku7RHw2CYrOXtX8kn+MTZcbDl61/7Fc9jfw2uO7kWxaRqpIR1DBog7ESyZCcgYLD23e6OQIDAQAB',
)
const opensslRsaSign =
  'sCXXRgDwj6ViU2WTH6FehOcdJdd7VrnelRRaEfCxxmIj049uuAw81o9/Y/dxtdfbpXs0E6M14FSqFPTW1+wRKUaSoaI0lxYcixVXLeNEpEkriarlO0BaKNhGTwvW/ZbKmoDUSGPu1oImkxDbRNbxl/xSGoyiKDm4CkGvrCM5bLezExn5SV/hwYq96ppqY2tCTSATaN8k6vaZUMtXOJZW9cXmWZwZZvG415zD4AW6nt3veOeUhlxpMXSt56DpZqA4oEpZh975iXTxaZ8/lQPh/ptP+kJoqwleriQmYQs4ZUd00wmvdFf6sYFI2f3vEd/0rlwwlk09CeKMdTRAYShLew=='

test('rsa2 agrees with OpenSSL', () => {
  const stringToSign = 'POST\n/api/v1/%E8%BD%A6\nappId=1&b=车&c='
  assert.ok(rsa2.verify(stringToSign, opensslRsaSign, publicKey(opensslRsaPublic).key))
})

for (const scheme of publicKeySchemes) {
  const pair = keys[scheme.name as keyof typeof keys]
  const parameters: Parameter[] = [
    { name: 'appId', text: '1', start: 0, end: 0 },
    { name: 'empty', text: null, start: 0, end: 0 },
  ]
  const stringToSign = scheme.stringToSign({ method: 'GET', path: '/a%20b', parameters })
  const sign = scheme.sign(stringToSign, pair.privateKey)

  test(`${scheme.name} covers method, path and empty parameters, and its key is known by its PEM`, () => {
    assert.equal(stringToSign, 'GET\n/a%20b\nappId=1&empty=')
    assert.ok(scheme.verify(stringToSign, sign, pair.publicKey))
    assert.equal(publicKey(scheme.name === 'sm2' ? opensslPublic : rsa.publicKey).alg, scheme.key)
  })

  test(`${scheme.name}: every single-byte change of string or signature is refused`, () => {
    for (let at = 0; at < sign.length; at++) {
      const changed = sign.slice(0, at) + (sign[at] === 'A' ? 'B' : 'A') + sign.slice(at + 1)
      assert.ok(!scheme.verify(stringToSign, changed, pair.publicKey), changed)
    }
    for (let at = 0; at < stringToSign.length; at++) {
      assert.ok(!scheme.verify(`${stringToSign.slice(0, at)}~${stringToSign.slice(at + 1)}`, sign, pair.publicKey))
    }
  })

  for (const rubbish of ['', 'A', '====', 'AAAA', 'ä', sign.slice(0, -1), ` ${sign}`, `${sign}\n`, sign + sign, 'MAYCAQACAQA=']) {
    test(`${scheme.name} refuses ${JSON.stringify(rubbish.slice(0, 40))} without a word`, () => {
      assert.equal(scheme.verify(stringToSign, rubbish, pair.publicKey), false)
    })
  }
}

function checkKey(what: string, pem: string, expected: string) {
  test(`a registered key: ${what}`, () => {
    const read = readPublicKey(pem)
    assert.equal(typeof read === 'object' ? read.alg : read, expected)
  })
}
const generated = (pair: { publicKey: import('node:crypto').KeyObject }) => pair.publicKey.export({ type: 'spki', format: 'pem' }) as string
checkKey('RSA', rsa.publicKey, 'rsa-v1_5-sha256')
checkKey('SM2', opensslPublic, 'sm2')
checkKey('Ed25519', generated(generateKeyPairSync('ed25519')), 'ed25519')
checkKey('P-256', generated(generateKeyPairSync('ec', { namedCurve: 'P-256' })), 'ecdsa-p256-sha256')
checkKey('SM2 from Node', generated(generateKeyPairSync('ec', { namedCurve: 'SM2' })), 'sm2')
checkKey('P-384', generated(generateKeyPairSync('ec', { namedCurve: 'P-384' })), 'unknown_kind')
checkKey('short RSA', generated(generateKeyPairSync('rsa', { modulusLength: 1024 })), 'rsa_size')
checkKey('a private key', rsa.privateKey, 'private_key')
checkKey('nothing', '', 'not_a_public_key')
checkKey('rubbish', pemOf('PUBLIC KEY', 'AAAA'), 'not_a_public_key')
checkKey('two keys', opensslPublic + rsa.publicKey, 'not_a_public_key')

test('a point that is not on the curve is no key', () => {
  const der = createPublicKey(opensslPublic).export({ type: 'spki', format: 'der' })
  der[der.length - 1]! ^= 1
  assert.equal(readPublicKey(spkiOf(der)), 'not_a_public_key')
})

test('a secret is not an SM2 key', () => {
  assert.throws(() => sm2.verify('x', opensslSign, createSecretKey(Buffer.from('x'))))
})
