import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLanes } from './lanes.ts'

const appId = 7

/** How many at once the app may have after attempts that ended so. */
function roomAfter(...ends: readonly boolean[]): number {
  const lanes = createLanes()
  for (const isWell of ends) {
    lanes.begin(appId)
    lanes.end(appId, isWell)
  }
  lanes.lineUp([appId])
  return lanes.takeRooms().get(appId) ?? 0
}

test('an app begins with four at once, gets one more after each that goes well, and half as many after one that fails', () => {
  assert.equal(roomAfter(), 4)
  assert.equal(roomAfter(true, true), 6)
  assert.equal(roomAfter(true, true, false), 3)
  assert.equal(roomAfter(...Array(100).fill(true)), 64)
  assert.equal(roomAfter(...Array(100).fill(false)), 1)
})

test('an app without room stays in the line; one that got room leaves it', () => {
  const lanes = createLanes()
  for (let n = 0; n < 4; n++) lanes.begin(appId)
  lanes.lineUp([appId, 8])
  assert.deepEqual([...lanes.takeRooms()], [[8, 4]])
  assert.deepEqual([...lanes.takeRooms()], [])
  lanes.end(appId, false)
  assert.deepEqual([...lanes.takeRooms()], [], 'its window is smaller than what is still under way')
  for (let n = 0; n < 3; n++) lanes.end(appId, true)
  assert.deepEqual([...lanes.takeRooms()], [[appId, 5]])
})

test('all apps together have 512 under way, and who came first has room first', () => {
  const lanes = createLanes()
  const apps = Array.from({ length: 150 }, (_, at) => 150 - at)
  lanes.lineUp(apps)
  const rooms = lanes.takeRooms()
  assert.deepEqual([...rooms.keys()], apps.slice(0, 128))
  for (const [app, room] of rooms) for (let n = 0; n < room; n++) lanes.begin(app)
  assert.equal(lanes.takeRooms().size, 0)
  lanes.end(apps[0]!, true)
  assert.deepEqual([...lanes.takeRooms()], [[apps[128], 1]])
})
