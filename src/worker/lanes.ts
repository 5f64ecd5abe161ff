// Which apps may have an event sent now, and how many at once. Each has a window of attempts, one more after each that goes well, half as
// many after one that fails, so that a receiver that is slow or broken keeps nobody else waiting.

import { getOrMake } from '#lib/get-or-make.ts'

/** Attempts under way at once, of all apps. */
const underWayMax = 512
/** The same of one app. */
export const windowMax = 64
const windowAtFirst = 4
const windowMin = 1
/** One statement takes deliveries for so many. */
const appsAtOnceMax = 200

export interface Lanes {
  /** These may have something due. */
  lineUp(appIds: Iterable<number>): void
  /** Takes the apps that have room out of the line, the one that has waited longest first, each with how many it may have more. */
  takeRooms(): Map<number, number>
  begin(appId: number): void
  end(appId: number, isWell: boolean): void
}

interface Lane {
  underWay: number
  window: number
}

export function createLanes(): Lanes {
  const lanes = new Map<number, Lane>()
  const line = new Set<number>()
  let underWay = 0

  return {
    lineUp(appIds) {
      for (const appId of appIds) line.add(appId)
    },
    takeRooms() {
      const rooms = new Map<number, number>()
      let left = underWayMax - underWay
      for (const appId of line) {
        if (left <= 0 || rooms.size === appsAtOnceMax) break
        const lane = lanes.get(appId)
        const room = Math.min(lane ? lane.window - lane.underWay : windowAtFirst, left)
        if (room <= 0) continue
        rooms.set(appId, room)
        left -= room
      }
      for (const appId of rooms.keys()) line.delete(appId)
      return rooms
    },
    begin(appId) {
      underWay++
      getOrMake(lanes, appId, () => ({ underWay: 0, window: windowAtFirst })).underWay++
    },
    end(appId, isWell) {
      underWay--
      const lane = lanes.get(appId)!
      lane.underWay--
      lane.window = isWell ? Math.min(lane.window + 1, windowMax) : Math.max(lane.window >> 1, windowMin)
    },
  }
}
