import assert from 'node:assert/strict'
import { createHmac, createSecretKey, createSign, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { test } from 'node:test'
import { type BadlySignedMessage, diagnoseMessage } from './diagnose-message.ts'

// Clients that get RFC 9421 wrong, each in one way. They know nothing of the diagnosis.

const secret = '7Q2M9ZK4XW8R1TB6C0VN5HJ3LD7GF2PS'
const oldSecret = '2PSQ7M9ZK4XW8R1TB6C0VN5HJ3LD7GF0'
const key = (text: string) => createSecretKey(Buffer.from(text))
const base = [
  '"@method": POST',
  '"@target-uri": https://api.example.com/v1/%E4%BA%AC?b=2&a=1',
  '"content-digest": sha-256=:abc=:',
  '"@signature-params": ("@method" "@target-uri" "content-digest");created=1;keyid="9phm93oigrhk6k9n";nonce="n"',
].join('\n')
const apart = base.replace(/^"@target-uri".*$/m, '"@authority": api.example.com:8443\n"@path": /v1/%E4%BA%AC\n"@query": ?b=2&a=1')
const hmac = (text: string, by: string | Buffer = secret, hash = 'sha256') => createHmac(hash, by).update(text).digest()

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const pem = ({ publicKey }: { publicKey: KeyObject }) => publicKey.export({ type: 'spki', format: 'pem' }).toString()
const publicKeys = [
  { keyId: 'r', publicKey: pem(rsa) },
  { keyId: 'e', publicKey: pem(ec) },
]

function check(what: string, signature: Buffer, cause: string, more: Partial<BadlySignedMessage> & { about?: string } = {}) {
  test(`${what}: ${cause}`, () => {
    const { about, ...message } = more
    const given = { base, keyId: null, alg: null, keys: [key(secret)], oldKeys: [key(oldSecret)], publicKeys, ...message }
    const found = diagnoseMessage({ ...given, signature: signature.toString('base64') })
    assert.equal(found.cause, cause)
    if (about !== undefined) assert.equal(found.about, about)
    assert.equal(found.stringToSign, given.base)
    if (found.differsAt !== undefined) assert.notEqual(found.callers![found.differsAt], given.base[found.differsAt])
  })
}

check('a right signature', hmac(base), 'none')
check('the secret of before', hmac(base, oldSecret), 'old_secret')
check('another secret', hmac(base, 'x'.repeat(32)), 'unknown')
check('the secret in lower case', hmac(base, secret.toLowerCase()), 'secret_trimmed_or_case')
check('the secret read as hex', hmac(base, Buffer.from(secret, 'hex')), 'unknown')
check('the secret read as Base64', hmac(base, Buffer.from(secret, 'base64')), 'secret_trimmed_or_case')
check('sha512', hmac(base, secret, 'sha512'), 'wrong_algorithm', { about: 'hmac-sha512' })
check('the Base64 of the hex', Buffer.from(hmac(base).toString('hex')), 'base64_of_hex')
check('http signed behind a proxy that ends TLS', hmac(base.replace('https:', 'http:')), 'target_altered')
check('the port signed along', hmac(base.replace('.com/', '.com:443/')), 'target_altered')
check('the path for the URI', hmac(base.replace('https://api.example.com', '')), 'target_altered')
check('the port left out', hmac(apart.replace(':8443', '')), 'target_altered', { base: apart })
check('the URI without its query', hmac(base.replace('?b=2&a=1', '')), 'query_left_out')
check('the query without its mark', hmac(apart.replace('?b=2', 'b=2')), 'query_left_out', { base: apart })
check('the path decoded', hmac(apart.replace('%E4%BA%AC', '京')), 'path_altered', { base: apart })
check('the method in lower case', hmac(base.replace('POST', 'post')), 'lower_case_method')
check('a line feed at the end', hmac(`${base}\n`), 'trailing_newline')
check('CR LF between lines', hmac(base.replaceAll('\n', '\r\n')), 'line_ends')
check('no parameters', hmac(base.split('\n').slice(0, 3).join('\n')), 'parameters_altered')
check('names without quotes', hmac(base.replace(/^"([^"]+)"/gm, '$1')), 'joined_otherwise')

const ofRsa = (hash: string, options: object = {}) =>
  createSign(hash)
    .update(base)
    .sign({ key: rsa.privateKey, ...options })
check('a right key pair', ofRsa('sha256'), 'none', { keyId: 'r' })
check('RSA-PSS', ofRsa('sha512', { padding: 6, saltLength: 64 }), 'wrong_algorithm', { keyId: 'r', about: 'rsa-pss-sha512' })
check('ECDSA as DER', sign('sha256', Buffer.from(base), ec.privateKey), 'wrong_algorithm', { keyId: 'e', about: 'ecdsa-p256-sha256 (DER)' })
check('another key of the app', ofRsa('sha256'), 'key_of_another_id', { keyId: 'e', about: 'r' })
check('a key that was not registered', ofRsa('sha1'), 'key_unknown', { keyId: 'z', about: 'z' })
check('an alg that the key is not of', ofRsa('sha256'), 'wrong_algorithm', { keyId: 'r', alg: 'ed25519', about: 'ed25519' })
