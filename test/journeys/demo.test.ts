// `npm run demo`, played here: what it tells people is what the product does.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { sign, stringToSign } from '../../examples/demo/partner.ts'
import { isAsTold } from '../../examples/demo/stage.ts'
import { playDemo } from '../../examples/demo/story.ts'
import { adminPassword, openHouse } from '../house.ts'

const refusals = [
  'interface_not_found',
  'interface_disabled',
  'missing_credentials',
  'invalid_token',
  'token_expired',
  'app_disabled',
  'app_expired',
  'scheme_not_allowed',
  'signature_missing',
  'signature_invalid',
  'timestamp_out_of_window',
  'replayed_request',
  'not_granted',
  'rate_limited',
  'invalid_parameters',
  'body_too_large',
  'upstream_unreachable',
  'upstream_timeout',
]

test('the demo goes as told from first to last, shows every refusal by its name, and prints neither password nor token', async () => {
  await using house = await openHouse({ settings: { KAIMEN_TOKEN_TTL: '14' } })
  const lines: string[] = []
  const steps = await playDemo({
    platform: house.platformUrl,
    gateway: house.gatewayUrl,
    password: adminPassword,
    print: (line) => lines.push(line),
  })
  const printed = lines.join('\n')

  assert.deepEqual(steps.filter((step) => !isAsTold(step)), []) // biome-ignore format: one line reads better
  const shown = new Set(steps.map(({ actual }) => actual.split(' ')[1]))
  assert.deepEqual(refusals.filter((name) => !shown.has(name)), []) // biome-ignore format: one line reads better
  assert.match(printed, /retry-after: 1\n/)
  assert.match(printed, /All \d+ steps went as told/)
  assert.match(printed, /the answer, opened: \{"paymentId":"[^"]+","plate":"沪B·67890","fen":800,/)
  assert.ok(!printed.includes(adminPassword))
  assert.doesNotMatch(printed, /eyJ[\w-]+\.[\w-]+\./)
})

test('with a wrong password the demo ends at its first step and says so', async () => {
  await using house = await openHouse()
  const lines: string[] = []
  const steps = await playDemo({
    platform: house.platformUrl,
    gateway: house.gatewayUrl,
    password: 'not this one',
    print: (line) => lines.push(line),
  })
  assert.deepEqual(steps.map(({ expected, actual }) => [expected, actual]), [['200', '401 login_failed']]) // biome-ignore format: one line reads better
  assert.match(lines.join('\n'), /1 of 1 steps did not go as told/)
})

interface AesVector {
  id: string
  secret: string
  params: [name: string, value: string | null][]
  alt: { skip_empty: { canonical: string; sign_base64: string } }
}

const vectorFile = new URL('../vectors/aes-ecb-sign.json', import.meta.url)
const aesVectors = (JSON.parse(readFileSync(vectorFile, 'utf8')) as { vectors: AesVector[] }).vectors
// An `appSecret` of ours has 32 characters; the vectors with shorter keys are for other platforms.
for (const vector of aesVectors.filter(({ secret }) => secret.length === 32)) {
  test(`the partner of the demo signs as Java does: ${vector.id}`, () => {
    const canonical = stringToSign('openapi', 'GET', '/', Object.fromEntries(vector.params))
    assert.equal(canonical, vector.alt.skip_empty.canonical)
    assert.equal(sign('openapi', canonical, vector.secret), vector.alt.skip_empty.sign_base64)
  })
}
