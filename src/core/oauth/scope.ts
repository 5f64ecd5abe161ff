// What an app may ask a person for (settled D18, F7), and which claims of OpenID Connect each of it opens.

export const scopes = ['openid', 'profile', 'profile:write', 'email', 'phone', 'roles'] as const
export type Scope = (typeof scopes)[number]

/** Of who names none. */
export const scopeOfNone: Scope = 'profile'

export const claimsOfScopes = {
  openid: ['sub'],
  profile: ['nickname', 'preferred_username', 'updated_at'],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
} as const satisfies Partial<Record<Scope, readonly string[]>>

export function isScope(text: string): text is Scope {
  return (scopes as readonly string[]).includes(text)
}
