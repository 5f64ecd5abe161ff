// What an app may ask a person for (settled D18, F7), and which claims of OpenID Connect each of it opens.

/** Only for an app that HQ granted them to: they let it act, or know what people may do here. */
export const scopesToGrant = ['profile:write', 'roles', 'email:send', 'file:write', 'log:write'] as const
export const scopes = ['openid', 'profile', 'email', 'phone', ...scopesToGrant] as const
export type Scope = (typeof scopes)[number]

/** What an app may ask for; one of our own for everything. */
export function scopesOf(app: { readonly internal: boolean; readonly grantedScopes: readonly string[] }): readonly Scope[] {
  return app.internal ? scopes : scopes.filter((scope) => !isToGrant(scope) || app.grantedScopes.includes(scope))
}

const isToGrant = (scope: string) => (scopesToGrant as readonly string[]).includes(scope)

/** Of who names none. */
export const scopeOfNone: Scope = 'profile'

export const claimsOfScopes = {
  openid: ['sub', 'unionid'],
  profile: ['nickname', 'preferred_username', 'updated_at'],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
} as const satisfies Partial<Record<Scope, readonly string[]>>
