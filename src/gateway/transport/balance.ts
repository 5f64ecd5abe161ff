// Which of several targets takes the next call. Every way goes by weight; `candidates` are those that may take one, at least one.

import type { ServiceDocument } from '#core/feed/document.ts'

export interface Weighted {
  readonly weight: number
  /** Calls under way there. */
  readonly active: number
  /** Tells it from the others when callers are spread by hash; the same on every gateway. */
  readonly seed: number
  /** What smooth round robin owes it. */
  credit: number
}

export function choose<One extends Weighted>(
  balance: ServiceDocument['balance'],
  candidates: readonly One[],
  caller: string,
  chance: number,
): One {
  switch (balance) {
    case 'round_robin':
      return nextInTurn(candidates)
    case 'random':
      return byChance(candidates, chance)
    case 'least_conn':
      return nextInTurn(leastBusy(candidates))
    case 'hash':
      return byCaller(candidates, caller)
  }
}

// Smooth weighted round robin, as nginx has it: 5:1:1 gives a a b a c a a, not a a a a a b c.
function nextInTurn<One extends Weighted>(candidates: readonly One[]): One {
  let total = 0
  let best = candidates[0]!
  for (const one of candidates) {
    one.credit += one.weight
    total += one.weight
    if (one.credit > best.credit) best = one
  }
  best.credit -= total
  return best
}

function byChance<One extends Weighted>(candidates: readonly One[], chance: number): One {
  let left = chance * candidates.reduce((sum, { weight }) => sum + weight, 0)
  for (const one of candidates) {
    left -= one.weight
    if (left < 0) return one
  }
  return candidates.at(-1)!
}

function leastBusy<One extends Weighted>(candidates: readonly One[]): readonly One[] {
  const least = Math.min(...candidates.map(({ active, weight }) => active / weight))
  return candidates.filter(({ active, weight }) => active / weight === least)
}

// Weighted rendezvous: each target draws a number from the caller's address, the best one takes the call. A target that goes
// takes only its own callers along, one that comes takes its share from all.
function byCaller<One extends Weighted>(candidates: readonly One[], caller: string): One {
  const hash = hashOf(caller)
  let best = candidates[0]!
  let bestScore = Number.NEGATIVE_INFINITY
  for (const one of candidates) {
    const drawn = (mix(hash ^ one.seed) + 0.5) / 2 ** 32
    const score = one.weight / -Math.log(drawn)
    if (score > bestScore) {
      best = one
      bestScore = score
    }
  }
  return best
}

/** FNV-1a, and mixed, for the last characters move its upper bits too little. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return mix(hash)
}

/** The last step of MurmurHash3: every bit of the input moves half of the output's. */
function mix(value: number): number {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
