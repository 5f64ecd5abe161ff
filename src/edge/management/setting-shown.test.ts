import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '#config/read.ts'
import { settings } from '#config.ts'
import type { Language } from '#text/text.ts'
import { shownSettings } from './setting-shown.ts'

const secrets = {
  DATABASE_URL: 'postgres://kaimen:hidden-1@db.example/kaimen',
  KAIMEN_MASTER_KEY: '00112233445566778899aabbccddeeff'.repeat(2),
  KAIMEN_ADMIN_PASSWORD: 'hidden-2',
  KAIMEN_SMS_HEADER: 'Authorization: Bearer hidden-3',
  KAIMEN_SMTP_URL: 'smtps://user:hidden-4@mail.example',
  KAIMEN_METRICS_TOKEN: 'hidden-5-hidden-5',
  KAIMEN_FEED_CREDENTIAL: 'hidden-6-hidden-6-hidden-6',
}

const shownOf = (env: Record<string, string>, language: Language = 'en') => {
  const rows = shownSettings(readConfig({ KAIMEN_MAIL_FROM: 'a@example.com', ...env }, '/nowhere'), language)
  return { rows, of: (name: string) => rows.find((row) => row.name === name)! }
}

test('a secret is shown as set or not, and never itself', () => {
  const { rows, of } = shownOf(secrets)
  assert.doesNotMatch(JSON.stringify(rows), /hidden|00112233445566778899|ABEiM0RV/)
  for (const name of Object.keys(secrets)) {
    assert.deepEqual([name, of(name).isSecret, of(name).isSet, of(name).value], [name, true, true, null])
  }
  assert.equal(shownOf({}).of('KAIMEN_METRICS_TOKEN').isSet, false)
})

test('a password or a key in an address is not shown', () => {
  const { of } = shownOf({ KAIMEN_SMS_URL: 'https://user:pass@sms.example/send?key=abc&key=def&sign=' })
  assert.equal(of('KAIMEN_SMS_URL').value, 'https://***:***@sms.example/send?key=***&sign=***')
})

test('every setting is there, with what is in force beside its default', () => {
  const { rows, of } = shownOf({ KAIMEN_CALLBACK_TIMEOUT: '20', KAIMEN_IP_DENY: '10.0.0.0/8, 192.0.2.0/24' })
  assert.deepEqual(
    rows.map(({ name }) => name),
    Object.values(settings).map(({ env }) => env),
  )
  assert.deepEqual([of('KAIMEN_CALLBACK_TIMEOUT').value, of('KAIMEN_CALLBACK_TIMEOUT').fallback], ['20', '15'])
  assert.deepEqual([of('KAIMEN_IP_DENY').value, of('KAIMEN_IP_DENY').fallback], ['10.0.0.0/8,192.0.2.0/24', null])
  assert.deepEqual([of('KAIMEN_IP_ALLOW').value, of('KAIMEN_IP_ALLOW').isSet], [null, false])
  assert.equal(of('REDIS_URL').isPending, settings.redisUrl.pending)
})

test('what a setting is for is said in either language, with the same names and values in it', () => {
  const [english, chinese] = [shownOf({}).rows, shownOf({}, 'zh-CN').rows]
  const marked = (text: string) => (text.match(/`[^`]+`/g) ?? []).sort()
  for (const [at, row] of english.entries()) {
    const { name, meaning } = chinese[at]!
    assert.match(meaning, /[\u4e00-\u9fff]/, name)
    assert.deepEqual(marked(meaning), marked(row.meaning), name)
  }
})
