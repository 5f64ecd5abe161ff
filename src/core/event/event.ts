// An event: what partners are told, and how long we try to tell them. Rules only; where events and deliveries are kept is `event.store.ts`
// and `delivery.store.ts`.

/** How one attempt went wrong; each has its sentence in `text/`. */
export type AttemptError =
  | 'barred_address'
  | 'unknown_host'
  | 'unreachable'
  | 'tls_failed'
  | 'too_slow'
  | 'bad_answer'
  | 'redirected'
  | 'gone'
  | 'refused'
  | 'not_repeated'

/** What goes to a callback address. */
export interface Letter {
  readonly appId: number
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
  readonly body: string
}

/** One that was made, and what came of it. */
export interface Attempt {
  /** When it began. */
  readonly time: Date
  readonly latencyMs: number
  /** null: no answer came. */
  readonly status: number | null
  /** null: it was delivered. */
  readonly error: AttemptError | null
  /** The beginning of what was answered. */
  readonly response: string | null
  /** What the answer asked for (`Retry-After`). */
  readonly retryAfterMs?: number | undefined
}

/** What an answer with this status means; null is delivered. */
export function verdictOn(status: number): AttemptError | null {
  if (status >= 200 && status < 300) return null
  if (status === 410) return 'gone'
  return status >= 300 && status < 400 ? 'redirected' : 'refused'
}

/** Constant over all attempts at a delivery; with its time, so that a database that was set back does not use one twice. */
export function webhookId(delivery: { readonly id: number; readonly createdAt: Date }): string {
  return `msg_${delivery.createdAt.getTime().toString(36)}_${delivery.id}`
}

/** However long a partner asks us to wait. */
export const retryAfterMsMax = 3_600_000

/**
 * When a delivery is tried again that failed for the `tries`th time (0 is the first), in seconds of `schedule`; undefined when it is given
 * up. Chance makes the wait shorter by up to a half and never longer, so that those who failed together do not come back together.
 */
export function nextTry(
  tries: number,
  { time, latencyMs, error, retryAfterMs = 0 }: Attempt,
  schedule: readonly number[],
  chance: number,
): Date | undefined {
  const delay = schedule[tries]
  if (delay === undefined || error === 'gone') return undefined
  const waitMs = Math.max(delay * 1_000 * (1 - chance / 2), Math.min(retryAfterMs, retryAfterMsMax))
  return new Date(time.getTime() + latencyMs + Math.round(waitMs))
}

/** How a delivery stands after an attempt that was its `tries`th (0 is the first). */
export function standingAfter(
  tries: number,
  attempt: Attempt,
  schedule: readonly number[],
  chance: number,
): { readonly state: 'waiting' | 'delivered' | 'parked'; readonly dueAt: Date | undefined } {
  if (attempt.error === null) return { state: 'delivered', dueAt: undefined }
  const dueAt = nextTry(tries, attempt, schedule, chance)
  return { state: dueAt ? 'waiting' : 'parked', dueAt }
}

/** A breaker opens after so many failures in a row, and then lets one attempt through at a time. */
export const failuresMax = 10
/** Less than the first wait of a delivery, and twice as long each time. */
const blockMs = { min: 4_000, max: 600_000 }

/** How long the breaker stays open that opens for the `trips`th time (0 is the first). */
export function blockedMs(trips: number, chance: number): number {
  return Math.min(blockMs.min * 2 ** trips, blockMs.max) * (1 - chance / 2)
}

/** A callback address that did nothing but fail for so long is not tried any more. */
export const failingMsMax = 5 * 86_400_000

/** The `Retry-After` of an answer in milliseconds (RFC 9110 §10.2.3); undefined when it says nothing. */
export function readRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000
  // What begins with the name of a day; the parser takes more.
  const at = /^[A-Z][a-z]+,? /.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
