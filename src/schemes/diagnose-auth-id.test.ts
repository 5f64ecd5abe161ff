import assert from 'node:assert/strict'
import { createHash, createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { type BadlySignedAuthId, diagnoseAuthId } from './diagnose-auth-id.ts'

// Clients that get the scheme `auth-id` wrong, each in one way.

const publicKey = '58Ajk2015HoppingYear'
const secret = '7Q2M9ZK4XW8R1TB6C0VN5HJ3LD7GF2PS'
const oldSecret = '2PSQ7M9ZK4XW8R1TB6C0VN5HJ3LD7GF0'
const key = (text: string) => createSecretKey(Buffer.from(text))
const time = '1767225600123'
const query = `authId=9phm93oigrhk6k9n&requestTime=${time}&p2=two&a=1%2F2&p10=ten`
const hash = (text: string, algorithm = 'md5') => createHash(algorithm).update(text).digest('hex')

function check(what: string, token: string, cause: string, more: Partial<BadlySignedAuthId> = {}) {
  test(`${what}: ${cause}`, () => {
    const call = { query, body: 'none', bodyText: '', token, publicKey, keys: [key(secret)], oldKeys: [key(oldSecret)], ...more } as const
    const found = diagnoseAuthId(call)
    assert.equal(found?.cause, cause)
    assert.ok(!JSON.stringify(found).includes(secret))
    if (!more.body) assert.equal(found.stringToSign, `${publicKey}***${time}1/2tentwo`)
  })
}

check('a right token', hash(`${publicKey}${secret}${time}1/2tentwo`), 'none')
check('natural order', hash(`${publicKey}${secret}${time}1/2twoten`), 'sorted_otherwise')
check('the order of sending', hash(`${publicKey}${secret}${time}two1/2ten`), 'not_sorted')
check('names and values', hash(`${publicKey}${secret}${time}a=1/2&p10=ten&p2=two`), 'names_included')
check('the two keys swapped', hash(`${secret}${publicKey}${time}1/2tentwo`), 'key_and_secret_swapped')
check('no key of the platform', hash(`${secret}${time}1/2tentwo`), 'platform_key_missing')
check('capitals', hash(`${publicKey}${secret}${time}1/2tentwo`).toUpperCase(), 'upper_case_hex')
check('seconds for milliseconds', hash(`${publicKey}${secret}${time.slice(0, -3)}1/2tentwo`), 'timestamp_altered')
check('the secret of before', hash(`${publicKey}${oldSecret}${time}1/2tentwo`), 'old_secret')
check('a secret with a line feed', hash(`${publicKey}${secret}\n${time}1/2tentwo`), 'secret_trimmed_or_case')
check('sha1', hash(`${publicKey}${secret}${time}1/2tentwo`, 'sha1'), 'wrong_algorithm')
check('values still encoded', hash(`${publicKey}${secret}${time}1%2F2tentwo`), 'url_encoded_values')
check('no values at all', hash(`${publicKey}${secret}${time}`), 'query_left_out')
check('something else', hash('x'), 'unknown')
check('a JSON body left out', hash(`${publicKey}${secret}${time}1/2tentwo`), 'body_left_out', { body: 'json', bodyText: '{"z":"last"}' })
