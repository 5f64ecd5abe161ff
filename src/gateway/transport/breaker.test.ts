import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Breaker } from './breaker.ts'

const half = 0.5

function afterCalls(good: number, bad: number, now: number): Breaker {
  const breaker = new Breaker()
  for (let call = 0; call < bad; call++) breaker.failed(now, half)
  for (let call = 0; call < good; call++) breaker.succeeded()
  return breaker
}

test('it trips at half of the calls, and not before there are ten', () => {
  const nine = afterCalls(0, 9, 0)
  assert.equal(nine.isShut, false)
  nine.failed(0, half)
  assert.equal(nine.isShut, true)

  const most = afterCalls(6, 5, 0)
  assert.equal(most.isShut, false)
  most.failed(0, half)
  assert.equal(most.isShut, true)
})

test('failures of long ago are forgotten', () => {
  const breaker = afterCalls(0, 9, 0)
  breaker.failed(20_000, half)
  assert.equal(breaker.isShut, false)
})

test('when the while is over one call tries: its failure shuts again, its success clears', () => {
  const breaker = afterCalls(0, 10, 0)
  assert.equal(breaker.mayPass(4_999), false)
  assert.equal(breaker.mayPass(5_000), true)
  breaker.pass()
  assert.equal(breaker.mayPass(5_000), false)
  breaker.failed(5_100, half)
  assert.equal(breaker.mayPass(10_000), false)
  assert.equal(breaker.mayPass(10_100), true)
  breaker.pass()
  breaker.succeeded()
  assert.equal(breaker.isShut, false)
  for (let call = 0; call < 9; call++) breaker.failed(11_000, half)
  assert.equal(breaker.isShut, false)
})

test('late answers to calls from before it tripped say nothing; a trial without a verdict leaves the next one to try', () => {
  const breaker = afterCalls(0, 10, 0)
  breaker.succeeded()
  assert.equal(breaker.isShut, true)
  breaker.pass()
  breaker.giveBack()
  assert.equal(breaker.mayPass(5_000), true)
})
