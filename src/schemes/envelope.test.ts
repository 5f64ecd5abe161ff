import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { type BodyAlg, bodyAlgs, bodyKey, openBody, sealBody } from './envelope.ts'
import { openSm4Gcm, sealSm4Gcm } from './sm4-gcm.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

test('sm4-gcm agrees with RFC 8998, A.1', () => {
  const key = hex('0123456789ABCDEFFEDCBA9876543210')
  const iv = hex('00001234567800000000ABCD')
  const aad = hex('FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2')
  const plain = hex(
    'AAAAAAAAAAAAAAAA BBBBBBBBBBBBBBBB CCCCCCCCCCCCCCCC DDDDDDDDDDDDDDDD EEEEEEEEEEEEEEEE FFFFFFFFFFFFFFFF EEEEEEEEEEEEEEEE AAAAAAAAAAAAAAAA',
  )
  const text = hex(
    '17F399F08C67D5EE 19D0DC9969C4BB7D 5FD46FD375648906 9157B282BB200735 D82710CA5C22F0CC FA7CBF93D496AC15 A56834CBCF98C397 B4024A2691233B8D',
  )
  const tag = hex('83DE3541E4C2B58177E065A9BF7B62EC')
  assert.deepEqual(sealSm4Gcm(key, iv, plain, aad), { text, tag })
  assert.deepEqual(openSm4Gcm(key, iv, text, tag, aad), plain)
  assert.equal(openSm4Gcm(key, iv, text, tag), undefined)
})

// HKDF by hand, from `openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt key:… -kdfopt info:… HKDF` (OpenSSL 3.0.19).
const secret = createSecretKey(Buffer.from('7Q2M9ZK4XW8R1TB6C0VN5HJ3LD7GF2PS'))
const keys: { [Alg in BodyAlg]: string } = {
  'aes-256-gcm': 'e98f66a8b8ae46751c7703e108fdbc0d339da2040f81b3ae4ce9c8c6c82da841',
  'sm4-gcm': '1d8f5db92a2f046edfbe961edeeb800d',
}

for (const alg of bodyAlgs) {
  test(`${alg}: the key is OpenSSL's HKDF`, () => assert.equal(bodyKey(alg, secret).export().toString('hex'), keys[alg]))

  test(`${alg}: what is sealed opens, whatever its length`, () => {
    for (const length of [0, 1, 15, 16, 17, 1000]) {
      const plain = Buffer.alloc(length, 'a车')
      const data = sealBody(alg, plain, secret)
      assert.equal(Buffer.from(data, 'base64').length, 12 + length + 16)
      assert.deepEqual(openBody(alg, data, secret), plain)
    }
    assert.notEqual(sealBody(alg, Buffer.alloc(1), secret), sealBody(alg, Buffer.alloc(1), secret))
  })

  test(`${alg}: every single-bit change is refused`, () => {
    const sealed = Buffer.from(sealBody(alg, Buffer.from('{"a":1}'), secret), 'base64')
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      sealed[bit >> 3]! ^= 1 << (bit & 7)
      assert.equal(openBody(alg, sealed.toString('base64'), secret), 'wrong_tag')
      sealed[bit >> 3]! ^= 1 << (bit & 7)
    }
  })
}

function check(what: string, alg: string, data: string, expected: string) {
  test(`a body ${what}: ${expected}`, () => assert.equal(openBody(alg, data, secret), expected))
}
const sealed = sealBody('aes-256-gcm', Buffer.from('{}'), secret)
check('of another algorithm', 'aes-128-gcm', sealed, 'unknown_algorithm')
check('of a word that objects have', 'constructor', sealed, 'unknown_algorithm')
check('under another algorithm', 'sm4-gcm', sealed, 'wrong_tag')
check('that is not Base64', 'aes-256-gcm', `${sealed}!`, 'not_base64')
check('in another spelling of Base64', 'aes-256-gcm', sealed.replace(/=*$/, '\n'), 'not_base64')
check('without a tag', 'aes-256-gcm', Buffer.alloc(27).toString('base64'), 'too_short')
check('that is empty', 'sm4-gcm', '', 'too_short')
test('a body for another app: wrong_tag', () => {
  assert.equal(openBody('aes-256-gcm', sealed, createSecretKey(Buffer.from('another'))), 'wrong_tag')
})
