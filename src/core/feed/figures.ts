// What a gateway tells of itself with each usage post, for `/metrics`: counters since it started, and how it is at this moment.

/** Upper bounds of the latency buckets in milliseconds; one bucket more holds what took longer. */
export const latencyBoundsMs = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000] as const

/** A target of a service that a gateway keeps calls from at this moment. */
export interface AilingTarget {
  readonly serviceId: number
  readonly url: string
}

export interface GatewayFigures {
  readonly calls: { readonly answered: number; readonly refused: number; readonly failed: number }
  /** Calls by the fault's name, those of no call left out. */
  readonly refusals: Readonly<Record<string, number>>
  readonly failures: Readonly<Record<string, number>>
  /** Until the answer began, of calls that were not refused; `counts` has a number for each bucket alone. */
  readonly latency: { readonly counts: readonly number[]; readonly sumMs: number }
  readonly connections: number
  /** How late a timer came at the worst, in any thread, since this was last told. */
  readonly latenessMs: number
  readonly rssBytes: number
  readonly nonces: { readonly alive: number; readonly room: number }
  /** As any of its threads finds it. */
  readonly ailing: readonly AilingTarget[]
  readonly revision: number
  /** Since the platform was last heard. */
  readonly stalenessMs: number
}
