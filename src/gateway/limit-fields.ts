// What a caller is told of the limits that its call was counted against.

/** One limit after a call was taken from it. */
export interface Left {
  /** What it is called in the fields. */
  readonly name: string
  readonly quota: number
  readonly remaining: number
  /** Seconds that the whole quota is for. */
  readonly windowSeconds: number
  /** Seconds until there is a whole quota again. */
  readonly resetSeconds: number
}

/** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers): a structured list each, one item a limit. */
export function limitFields(limits: readonly Left[]): string[] {
  const policies = limits.map(({ name, quota, windowSeconds }) => `"${name}";q=${quota};w=${windowSeconds}`)
  const left = limits.map(({ name, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`)
  return ['ratelimit-policy', policies.join(', '), 'ratelimit', left.join(', ')]
}
