import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readConfig } from './read.ts'

const empty = mkdtempSync(join(tmpdir(), 'kaimen-config-'))
process.on('exit', () => rmSync(empty, { recursive: true }))

test('without any setting the defaults of contract §0 hold', () => {
  const config = readConfig({}, empty)
  assert.equal(config.host, '127.0.0.1')
  assert.equal(config.platformPort, 8000)
  assert.equal(config.gatewayPort, 9000)
  assert.equal(config.timeZone, 'Asia/Shanghai')
  assert.equal(config.tokenTtl, 172_800)
  assert.equal(config.maxBody, 10 * 1024 * 1024)
  assert.equal(config.databaseUrl, undefined)
})

function refused(env: Record<string, string>, named: RegExp) {
  test(`refused by name: ${JSON.stringify(env)}`, () => assert.throws(() => readConfig(env, empty), named))
}
refused({ KAIMEN_FOO: '1' }, /KAIMEN_FOO/)
refused({ KAIMEN_PLATFORM_PORT: 'x' }, /KAIMEN_PLATFORM_PORT/)
refused({ KAIMEN_PLATFORM_PORT: '70000' }, /KAIMEN_PLATFORM_PORT/)
refused({ KAIMEN_PUBLIC_URL: 'https://host.example/open/' }, /KAIMEN_PUBLIC_URL.*without a path/)
refused({ KAIMEN_PUBLIC_URL: 'https://me@host.example' }, /KAIMEN_PUBLIC_URL/)
refused({ KAIMEN_PUBLIC_URL: 'host.example' }, /KAIMEN_PUBLIC_URL/)
refused({ KAIMEN_TIME_ZONE: 'Mars/Base' }, /KAIMEN_TIME_ZONE/)
refused({ KAIMEN_MASTER_KEY: 'short' }, /KAIMEN_MASTER_KEY/)
refused({ KAIMEN_ALLOW_PRIVATE_CALLBACKS: 'yes' }, /KAIMEN_ALLOW_PRIVATE_CALLBACKS/)
refused({ KAIMEN_CALLBACK_ALLOW: '10.0.0.0/8,intranet' }, /KAIMEN_CALLBACK_ALLOW/)
refused({ KAIMEN_SMTP_URL: 'smtps://mail.example' }, /KAIMEN_MAIL_FROM/)
refused({ KAIMEN_SMTP_URL: 'smtp://mail.example', KAIMEN_MAIL_FROM: 'a@b.example\nBcc: c@d' }, /KAIMEN_MAIL_FROM/)
refused({ KAIMEN_SMS_PROVIDER: 'http' }, /KAIMEN_SMS_URL/)
refused({ KAIMEN_SMS_HEADER: 'a: b\r\nc: d' }, /KAIMEN_SMS_HEADER/)
refused({ KAIMEN_SMS_BODY: 'no places' }, /KAIMEN_SMS_BODY/)
refused({ KAIMEN_S3_ENDPOINT: 'https://s3.example/bucket', KAIMEN_S3_ACCESS_KEY: 'a' }, /KAIMEN_S3_SECRET_KEY/)
refused({ KAIMEN_USER_DETAILS: 'position,username' }, /KAIMEN_USER_DETAILS/)
refused({ DATABASE_URL: 'mysql://x' }, /DATABASE_URL/)
refused({ KAIMEN_CAPTCHA_TEST_ANSWER: '1234', NODE_ENV: 'production' }, /KAIMEN_CAPTCHA_TEST_ANSWER/)

test('every wrong setting is named at once, and no secret is repeated', () => {
  const wrong = { KAIMEN_FOO: '1', KAIMEN_GATEWAY_PORT: '-1', KAIMEN_MASTER_KEY: 'very-secret' }
  assert.throws(
    () => readConfig(wrong, empty),
    (error: Error) => {
      assert.match(error.message, /KAIMEN_FOO[\s\S]*KAIMEN_GATEWAY_PORT|KAIMEN_GATEWAY_PORT[\s\S]*KAIMEN_FOO/)
      assert.doesNotMatch(error.message, /very-secret/)
      return true
    },
  )
})

test('names that Kubernetes puts into every pod are passed over', () => {
  readConfig(
    {
      KAIMEN_SERVICE_HOST: '10.0.0.1',
      KAIMEN_SERVICE_PORT: '8000',
      KAIMEN_PORT: 'tcp://10.0.0.1:8000',
      KAIMEN_PORT_8000_TCP_ADDR: '10.0.0.1',
    },
    empty,
  )
})

test('an origin may end in a slash, and is read as browsers say it', () => {
  const config = readConfig({ KAIMEN_PUBLIC_URL: 'https://Open.example:443/', KAIMEN_GATEWAY_URL: 'http://api.example:8080' }, empty)
  assert.deepEqual([config.publicUrl, config.gatewayUrl], ['https://open.example', 'http://api.example:8080'])
})

test('a .env file is read; the environment wins over it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kaimen-config-'))
  writeFileSync(join(folder, '.env'), 'KAIMEN_PLATFORM_PORT=8100\nKAIMEN_GATEWAY_PORT=9100\n')
  const config = readConfig({ KAIMEN_GATEWAY_PORT: '9200' }, folder)
  assert.deepEqual([config.platformPort, config.gatewayPort], [8100, 9200])
  rmSync(folder, { recursive: true })
})

test('the master key is 32 bytes in hex or Base64', () => {
  const bytes = Buffer.alloc(32, 7)
  for (const text of [bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')]) {
    assert.deepEqual(readConfig({ KAIMEN_MASTER_KEY: text }, empty).masterKey, bytes)
  }
})
refused({ KAIMEN_MASTER_KEY: '00'.repeat(31) }, /KAIMEN_MASTER_KEY/)
