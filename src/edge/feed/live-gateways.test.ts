import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLiveGateways, type LiveGateway } from './live-gateways.ts'

const figures = {} as LiveGateway['figures']

test('a gateway is live for sixty seconds after it was last heard, and its last figures count', () => {
  const gateways = createLiveGateways()
  gateways.note({ node: 'b', source: '1', figures, heardAt: 0 })
  gateways.note({ node: 'a', source: '2', figures, heardAt: 30_000 })
  const later = { ...figures }
  gateways.note({ node: 'a', source: '2', figures: later, heardAt: 40_000 })
  assert.deepEqual(
    gateways.at(60_000).map(({ source }) => source),
    ['2', '1'],
  )
  const live = gateways.at(60_001)
  assert.equal(live.length, 1)
  assert.equal(live[0]!.figures, later)
})
