// Says in each answer of a deprecated version since when it is, and when it goes (RFC 9745, RFC 8594).

import type { OperationDocument } from '#core/feed/document.ts'

const none: readonly string[] = []

export function deprecationFields({ deprecatedAt, sunsetAt }: OperationDocument): readonly string[] {
  if (deprecatedAt === null && sunsetAt === null) return none
  const deprecation = deprecatedAt === null ? [] : ['deprecation', `@${Math.floor(deprecatedAt / 1000)}`]
  const sunset = sunsetAt === null ? [] : ['sunset', new Date(sunsetAt).toUTCString()]
  return [...deprecation, ...sunset]
}
