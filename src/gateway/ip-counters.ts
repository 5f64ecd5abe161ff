// How often an address did something in a period, over all threads: 8 bytes a bucket, 65,536 buckets. Two addresses that fall into one
// bucket are told apart by a tag of 12 bits, or share it once in 4,096; when eight neighbours are taken, an address goes uncounted.

import { createHash } from 'node:crypto'

const bucketCount = 1 << 16
const neighbours = 8
const countMax = (1 << 20) - 1

export type IpMemory = SharedArrayBuffer

export function newIpMemory(): IpMemory {
  return new SharedArrayBuffer(bucketCount * 8)
}

export interface IpCounters {
  /** Counts one and answers how many there are in the period now, this one included; 0 when it could not be counted. */
  add(address: string, period: number): number
  /** How many there are. */
  count(address: string, period: number): number
}

export function openIpCounters(memory: IpMemory): IpCounters {
  const buckets = new BigUint64Array(memory)
  const places = new Map<string, { start: number; tag: bigint }>()

  function placeOf(address: string): { start: number; tag: bigint } {
    let place = places.get(address)
    if (!place) {
      // A digest, so that nobody can choose addresses that share a bucket with another's.
      const digest = createHash('sha256').update(address).digest()
      place = { start: digest.readUInt16LE(0), tag: BigInt(digest.readUInt16LE(2) & 0xfff) }
      if (places.size >= 10_000) places.clear()
      places.set(address, place)
    }
    return place
  }

  // Period in the upper 32 bits, tag in the next 12, count in the lower 20.
  const periodOf = (value: bigint) => value >> 32n
  const tagOf = (value: bigint) => (value >> 20n) & 0xfffn

  return {
    add(address, period) {
      const { start, tag } = placeOf(address)
      const begun = (BigInt(period) << 32n) | (tag << 20n)
      for (let at = 0; at < neighbours; at++) {
        const slot = (start + at) % bucketCount
        for (let seen = Atomics.load(buckets, slot); ; ) {
          const isLive = periodOf(seen) === BigInt(period)
          if (isLive && tagOf(seen) !== tag) break
          const count = isLive ? Math.min(Number(seen & 0xf_ffffn) + 1, countMax) : 1
          const there = Atomics.compareExchange(buckets, slot, seen, begun | BigInt(count))
          if (there === seen) return count
          seen = there
        }
      }
      return 0
    },

    count(address, period) {
      const { start, tag } = placeOf(address)
      for (let at = 0; at < neighbours; at++) {
        const seen = Atomics.load(buckets, (start + at) % bucketCount)
        if (periodOf(seen) === BigInt(period) && tagOf(seen) === tag) return Number(seen & 0xf_ffffn)
      }
      return 0
    },
  }
}
