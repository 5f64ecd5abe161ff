// What a caller is told of a limit.

/** What is left after a call was taken; undefined where there is no limit. */
export interface Left {
  readonly quota: number
  readonly remaining: number
}

/** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers): what is left of this second. */
export function limitFields({ quota, remaining }: Left): string[] {
  return ['ratelimit-policy', `"interface";q=${quota};w=1`, 'ratelimit', `"interface";r=${remaining};t=1`]
}
