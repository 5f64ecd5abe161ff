// Where OAuth stands. Under /oauth, as source 003 has it for the page that people are sent to.

export const routes = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  userinfo: '/oauth/userinfo',
  jwks: '/oauth/jwks',
  introspection: '/oauth/introspect',
  revocation: '/oauth/revoke',
  end_session: '/oauth/end-session',
} as const

/** Where people are asked; with the question's id behind it. */
export const interactionPath = '/oauth/interaction'
