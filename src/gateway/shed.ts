// Refuses calls while this thread cannot keep up, so that those it takes are still answered in time.
//
// The rule: every 20 ms a timer looks how long calls wait for us. That is how late it is itself, for as long has waited whatever the
// thread looks at next; and, when the thread had no rest since the look before, how long a call that is under way takes (as many as are
// under way, by how many end in a millisecond), for then it is we who hold them up, and not their services. When that was more than
// 100 ms at each look for 200 ms, a share of all calls is refused, which grows from look to look by how much too long they wait, from
// none to all within a second at the fastest, and shrinks likewise when they wait less. Looks between which fewer than ten calls came or
// went do not count: to refuse those would not help. Nor do the first seconds of a thread's work: its code is still being compiled then,
// so that it is late with calls which it could take easily a moment later.

const lookMs = 20
const waitMsMax = 100
const patienceMs = 200
const callsMin = 10
/** Some always pass, or nothing would show that it is over. */
const shareMax = 0.98
/** However long a pause was, it is one look, and says no more than this. */
const passedMsMax = 500
/** Of how much time the pace of calls that end is a mean. */
const paceMs = 500
/** Of looks at which there were calls. */
const warmUpMs = 3_000
/** Busy for more than this part of the time is without rest. */
const restlessMin = 0.97

export interface Shed {
  /** Whether a call that came now is refused. */
  refuses(): boolean
}

/** What one look finds. */
export interface Look {
  /** Since the look before. */
  readonly passedMs: number
  readonly lateMs: number
  /** Whether the thread had no rest meanwhile. */
  readonly isRestless: boolean
  /** Calls that wait for their services, or for us to hear them. */
  readonly underWay: number
}

/** The rule alone; time comes in by `look`. */
export class Shedding implements Shed {
  #share = 0
  #owed = 0
  #came = 0
  #refused = 0
  #underWay = 0
  #endedAMs = 0
  #workedMs = 0
  #wasLate = false
  #lateForMs = 0

  refuses(): boolean {
    this.#came++
    if (this.#share === 0) return false
    // Spread evenly, without dice.
    this.#owed += this.#share
    if (this.#owed < 1) return false
    this.#owed--
    this.#refused++
    return true
  }

  look({ passedMs, lateMs, isRestless, underWay }: Look): void {
    const ended = Math.max(0, this.#came - this.#refused + this.#underWay - underWay)
    const isCalls = this.#came + ended >= callsMin
    this.#endedAMs += (ended / passedMs - this.#endedAMs) * Math.min(1, passedMs / paceMs)
    this.#came = this.#refused = 0
    this.#underWay = underWay
    const waitMs = isRestless ? Math.max(lateMs, underWay / this.#endedAMs) : lateMs
    if (isCalls) this.#workedMs += Math.min(passedMs, passedMsMax)
    if (this.#workedMs > warmUpMs) this.#decide(isCalls ? waitMs : 0, Math.min(passedMs, passedMsMax))
  }

  #decide(waitMs: number, passedMs: number): void {
    const isLate = waitMs > waitMsMax
    this.#lateForMs = isLate && this.#wasLate ? this.#lateForMs + passedMs : 0
    this.#wasLate = isLate
    if (this.#share === 0 && this.#lateForMs < patienceMs) return
    const pull = Math.min(waitMs / waitMsMax - 1, 1)
    this.#share = Math.min(Math.max(this.#share + (pull * passedMs) / 1000, 0), shareMax)
  }
}

/** `underWay` is asked at each look. */
export function startShedding(underWay: () => number): Shed {
  const shedding = new Shedding()
  let lookedAt = performance.now()
  let busy = performance.eventLoopUtilization()
  setInterval(() => {
    const passedMs = performance.now() - lookedAt
    lookedAt += passedMs
    const before = busy
    busy = performance.eventLoopUtilization()
    const isRestless = performance.eventLoopUtilization(busy, before).utilization > restlessMin
    shedding.look({ passedMs, lateMs: passedMs - lookMs, isRestless, underWay: underWay() })
  }, lookMs).unref()
  return shedding
}

/** For a gateway that takes whatever comes. */
export const neverShed: Shed = { refuses: () => false }
