import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faults } from '#core/fault.ts'
import { permissionRows, permissions } from '#core/role/permission.ts'
import { en } from './en.ts'
import { explain, languageOf } from './text.ts'
import { zhCN } from './zh-CN.ts'

function check(acceptLanguage: string | undefined, expected: string) {
  test(`Accept-Language ${acceptLanguage}: ${expected}`, () => assert.equal(languageOf(acceptLanguage), expected))
}
check(undefined, 'zh-CN')
check('', 'zh-CN')
check('en', 'en')
check('en-US,en;q=0.9,zh-CN;q=0.8', 'en')
check('zh-TW,en;q=0.9', 'zh-CN')
check('fr', 'zh-CN')
check('fr,en;q=0.1', 'en')
check('en;q=0', 'zh-CN')
check('*', 'zh-CN')

test('both languages fill in the same facts', () => {
  const facts = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()
  for (const part of ['faults', 'reasons', 'causes'] as const) {
    for (const [name, sentence] of Object.entries(en[part])) {
      assert.deepEqual(facts((zhCN[part] as Record<string, string>)[name]!), facts(sentence), name)
    }
  }
})

test('every fault has a code of its own, of seven digits', () => {
  const codes = Object.values(faults).map(({ code }) => code)
  assert.equal(new Set(codes).size, codes.length)
  for (const code of codes) assert.ok(code > 1_000_000 && code < 10_000_000)
})

test('every permission has an id of its own', () => {
  const ids = permissions.map((name) => permissionRows[name].id)
  assert.equal(new Set(ids).size, ids.length)
})

test('a sentence carries what was decided on, shortened', () => {
  const sentence = explain('invalid_parameters', { reason: 'repeated', name: 'x'.repeat(500) }, 'en')
  assert.match(sentence, /"x{200}…" is given more than once/)
})
