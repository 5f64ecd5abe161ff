// Scopes that an app may ask people for only when HQ granted them to it (settled F7): they let it act, or know what people may do.

export const scopesToGrant = ['profile:write', 'roles', 'email:send', 'file:write', 'log:write'] as const
export type GrantedScope = (typeof scopesToGrant)[number]

const toGrant: ReadonlySet<string> = new Set(scopesToGrant)

/** Whether an app that was granted these may have this one. */
export function isGranted(scope: string, granted: readonly string[]): boolean {
  return !toGrant.has(scope) || granted.includes(scope)
}
