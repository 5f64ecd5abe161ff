// How a call ends: what is counted, what is kept for the call log, and what a refused caller is answered.

import type { CallerApp } from '#core/app/app.ts'
import type { Nonces } from '#core/app/nonces.ts'
import { faults } from '#core/fault.ts'
import type { CallRecord, Evidence, Stage } from '#core/feed/document.ts'
import type { Renewal } from '#core/token/renewal.ts'
import type { Admitted, Claim, Found } from './call.ts'
import type { Concurrency } from './concurrency.ts'
import type { Opened } from './decrypt.ts'
import { deprecationFields } from './deprecation.ts'
import type { Figures } from './figures.ts'
import type { Meter, Outcome } from './meter.ts'
import type { Recorder } from './record.ts'
import { Refusal, replyRefusal } from './refusal.ts'
import { SealedExchange } from './sealed-exchange.ts'
import type { Shield } from './shield.ts'
import type { Snapshot } from './snapshot.ts'
import type { Exchange } from './transport/exchange.ts'

export interface ConcludeDeps {
  readonly snapshot: Snapshot
  readonly shield: Shield
  readonly nonces: Nonces
  readonly meter: Meter
  readonly recorder: Recorder
  readonly figures: Figures
  readonly concurrency: Concurrency
  readonly bodyBytesMax: number
  readonly memberField: string
  /** Epoch milliseconds. */
  now(): number
}

/** One call, from its arrival on. */
export interface Arrival {
  readonly exchange: Exchange
  readonly requestId: string
  /** The caller's. */
  readonly address: string
  readonly path: string
  /** When it came, epoch milliseconds. */
  readonly at: number
}

/** What the walk came to: by which stage, and for whom. */
export interface End {
  readonly stage: Stage
  readonly result: Admitted | Refusal
  /** The app that a token or a signature has proven. */
  readonly app: CallerApp | undefined
  readonly claim: Claim | undefined
  /** How its body was encrypted, if it was. */
  readonly opened: Opened | undefined
  /** The token that the caller gets in the place of its own. */
  readonly renewal?: Renewal | undefined
}

/** Refused without an operation: in the log and among errors, but in no interface's counts. */
export function concludeUnfound(
  arrival: Arrival,
  stage: Stage,
  refusal: Refusal,
  deps: ConcludeDeps,
  more: Partial<CallRecord> = {},
): void {
  noteUnfound(arrival, stage, refusal, replyRefusal(arrival.exchange, refusal, arrival.requestId), deps, more)
}

/** The same, of a call that was answered already, with so many bytes. */
export function noteUnfound(
  arrival: Arrival,
  stage: Stage,
  refusal: Refusal,
  bytes: number,
  deps: ConcludeDeps,
  more: Partial<CallRecord> = {},
): void {
  deps.figures.note('refused', refusal.fault, 0)
  deps.meter.countError(refusal.fault, more.appId ?? 0, arrival.at)
  if (deps.recorder.wants('refused', arrival.at)) {
    deps.recorder.add(recordOf(arrival, deps.snapshot.revision, { ...refusalFacts(stage, refusal), bytes, ...more }))
  }
}

/** What stands for the answer of a caller that went away. */
export const gone = 499

/** What is told of a call that goes on to its service. `began` or `failed` comes once, and then `over` once. */
export interface Course {
  /** The answer began, or the caller went away before it could. */
  began(outcome: 'answered' | 'failed', status: number): void
  /** There was no answer: the caller is still to be told. */
  failed(refusal: Refusal): void
  /** Nothing more comes; `bytes` of the answer's body were passed on. */
  over(bytes: number): void
}

/** Of a call that found its operation: whatever comes of it is told here, once. */
export class Ending implements Course {
  readonly exchange: Exchange
  readonly #arrival: Arrival
  readonly #found: Found
  readonly #end: End
  readonly #deps: ConcludeDeps
  /** That it was decided by. */
  readonly #revision: number
  /** It counts among those that are under way. */
  #entered = false
  #outcome: Outcome = 'answered'
  #facts: Partial<CallRecord> = {}

  constructor(arrival: Arrival, found: Found, end: End, deps: ConcludeDeps) {
    this.#arrival = arrival
    this.#found = found
    this.#end = end
    this.#deps = deps
    this.#revision = deps.snapshot.revision
    const { exchange } = arrival
    this.exchange = end.opened?.answersSealed ? new SealedExchange(exchange, end.opened, deps.bodyBytesMax, deps.now) : exchange
  }

  /** False when its operation has no room for one more under way. */
  enter(): boolean {
    this.#entered = this.#deps.concurrency.enter(this.#found.operation)
    return this.#entered
  }

  refused(stage: Stage, refusal: Refusal): void {
    this.#deps.shield.note(this.#arrival.address, refusal.fault, this.#arrival.at)
    this.#note('refused', 0, refusal.fault)
    this.#facts = refusalFacts(stage, refusal)
    this.over(this.#reply(refusal))
  }

  failed(refusal: Refusal): void {
    const latencyMs = this.#deps.now() - this.#arrival.at
    this.#note('failed', latencyMs, refusal.fault)
    this.#facts = { ...refusalFacts('forward', refusal), latencyMs }
    this.over(this.#reply(refusal))
  }

  began(outcome: 'answered' | 'failed', status: number): void {
    const latencyMs = this.#deps.now() - this.#arrival.at
    this.#note(outcome, latencyMs, undefined)
    this.#facts = { status, latencyMs }
    if (this.#end.renewal && status !== gone) this.#handedOver(this.#end.renewal)
  }

  /** Who asks from now on asks again. */
  #handedOver({ print }: Renewal): void {
    const { nonces, now } = this.#deps
    nonces.take(print, now())
    nonces.afterKept(() => {})
  }

  over(bytes: number): void {
    const { recorder, concurrency } = this.#deps
    if (this.#entered) concurrency.leave(this.#found.operation)
    if (!recorder.wants(this.#outcome, this.#arrival.at)) return
    const facts = { operationId: this.#found.operation.id, appId: this.#claimed?.document.id ?? 0, bytes, ...this.#facts }
    recorder.add({ ...recordOf(this.#arrival, this.#revision, facts), ...this.#evidence() })
  }

  get #claimed(): CallerApp | undefined {
    const { app, claim, result } = this.#end
    const said = result instanceof Refusal ? result.said : undefined
    return app ?? claim?.app ?? (said === undefined ? undefined : this.#deps.snapshot.app(said))
  }

  #evidence(): { evidence?: Evidence } {
    const { claim } = this.#end
    if (this.#facts.error !== 'signature_invalid' || !claim) return {}
    const ring = this.#claimed ? `app ${this.#claimed.document.id}` : `ip ${this.#arrival.address}`
    if (!this.#deps.recorder.wantsEvidence(ring, this.#arrival.at)) return {}
    const evidence = claim.evidence()
    return lengthOf(evidence) <= evidenceLengthMax ? { evidence } : {}
  }

  #note(outcome: Outcome, latencyMs: number, fault: Refusal['fault'] | undefined): void {
    this.#outcome = outcome
    this.#deps.meter.count(this.#found.operation.id, this.#end.app?.document.id ?? 0, outcome, this.#arrival.at, latencyMs, fault)
    this.#deps.figures.note(outcome, fault, latencyMs)
    if (fault !== undefined) this.#deps.meter.countError(fault, this.#claimed?.document.id ?? 0, this.#arrival.at)
  }

  #reply(refusal: Refusal): number {
    const isMember = this.exchange.field(this.#deps.memberField) !== undefined
    return replyRefusal(this.exchange, refusal, this.#arrival.requestId, isMember, deprecationFields(this.#found.operation))
  }
}

const pathLengthMax = 200
const factLengthMax = 200
const evidenceLengthMax = 4_096
const lengthOf = (evidence: Evidence) => Object.values(evidence).reduce((sum, text) => sum + (text?.length ?? 0), 0)

function refusalFacts(stage: Stage, { fault, detail }: Refusal): Partial<CallRecord> {
  const facts: Record<string, string | number> = {}
  for (const [name, fact] of Object.entries(detail)) {
    if (fact !== undefined) facts[name] = typeof fact === 'string' ? fact.slice(0, factLengthMax) : fact
  }
  return { status: faults[fault].status, error: fault, stage, detail: facts }
}

function recordOf({ at, requestId, address, exchange, path }: Arrival, revision: number, facts: Partial<CallRecord>): CallRecord {
  return {
    time: at,
    requestId,
    ip: address,
    method: exchange.method,
    path: path.slice(0, pathLengthMax),
    operationId: 0,
    appId: 0,
    status: 0,
    latencyMs: 0,
    bytes: 0,
    error: null,
    stage: null,
    detail: null,
    revision,
    ...facts,
  }
}
