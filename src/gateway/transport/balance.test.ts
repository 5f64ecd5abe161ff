import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choose, hashOf, type Weighted } from './balance.ts'

interface Named extends Weighted {
  readonly name: string
}

const named = (weights: Record<string, number>, active: Record<string, number> = {}): Named[] =>
  Object.entries(weights).map(([name, weight]) => ({ name, weight, active: active[name] ?? 0, seed: hashOf(name), credit: 0 }))

function counts(balance: 'round_robin' | 'random' | 'least_conn' | 'hash', targets: Named[], calls: number): Record<string, number> {
  const found: Record<string, number> = {}
  for (let call = 0; call < calls; call++) {
    const { name } = choose(balance, targets, `10.0.${call >> 8}.${call & 255}`, (call + 0.5) / calls)
    found[name] = (found[name] ?? 0) + 1
  }
  return found
}

test('round robin gives each its weight, and none its turns in a row', () => {
  const targets = named({ a: 5, b: 1, c: 1 })
  const turns = Array.from({ length: 14 }, () => choose('round_robin', targets, '', 0).name).join('')
  assert.equal(turns, 'aabacaaaabacaa')
})

test('random goes by weight', () => {
  assert.deepEqual(counts('random', named({ a: 3, b: 1 }), 1_000), { a: 750, b: 250 })
})

test('the least busy takes the call, by weight; equals take turns', () => {
  assert.equal(choose('least_conn', named({ a: 1, b: 1 }, { a: 2, b: 1 }), '', 0).name, 'b')
  assert.equal(choose('least_conn', named({ a: 4, b: 1 }, { a: 2, b: 1 }), '', 0).name, 'a')
  assert.deepEqual(counts('least_conn', named({ a: 3, b: 1 }), 100), { a: 75, b: 25 })
})

test('a caller keeps its target; when one goes, only its own callers move, and they spread', () => {
  const all = named({ a: 1, b: 1, c: 1, d: 1 })
  const left = all.filter(({ name }) => name !== 'b')
  const movedTo = new Set<string>()
  for (let caller = 0; caller < 2_000; caller++) {
    const address = `192.168.${caller >> 8}.${caller & 255}`
    const before = choose('hash', all, address, 0).name
    const after = choose('hash', left, address, 0).name
    if (before === 'b') movedTo.add(after)
    else assert.equal(after, before)
  }
  assert.deepEqual([...movedTo].sort(), ['a', 'c', 'd'])
})

test('callers are spread by weight', () => {
  const { a, b } = counts('hash', named({ a: 3, b: 1 }), 4_000)
  assert.ok(Math.abs(a! / (a! + b!) - 0.75) < 0.03, `${a} and ${b}`)
})
