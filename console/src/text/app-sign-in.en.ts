import type { appSignIn as zh } from './app-sign-in.zh-CN.ts'
import type { Same } from './text.ts'

export const appSignIn: Same<typeof zh> = {
  tab: 'Sign-in',
  client: 'OAuth 2, OpenID Connect',
  clientType: 'Client type',
  confidential: 'On a server, with its secret',
  public: 'On phones or in browsers, without a secret (PKCE)',
  clientTypeHint: 'What people hold in their hands cannot keep a secret; such an app proves itself by PKCE alone.',
  discovery: 'Discovery',
  redirectUris: 'Redirect URIs',
  redirectUrisHint: 'One a line, compared letter by letter: https, http on localhost, or a scheme of its own for an app on phones.',
  scopes: 'Scopes',
  scopesHint: 'What the app may ask people for besides openid, profile, email and phone.',
  allScopes: 'All: an app of our own',
  nowhere: 'People cannot sign in to this app yet',
  nowhereText: 'Give at least one address that they come back to after signing in here.',
  editOf: 'Sign-in of {{name}}',
  consents: 'Users who authorized this app',
  person: 'User',
  allowed: 'Allowed',
  since: 'Last allowed',
  withdraw: 'Withdraw',
  withdrawOf: 'Withdraw the consent of {{name}} to {{app}}?',
  withdrawEffect: 'The app’s tokens for this person end within a second. When they come again they are asked anew.',
  noConsents: 'No consents yet',
  noConsentsText:
    'Who signs in to the app is asked once what it may know of them, and then stands here. Apps of our own on servers do not ask.',
}
