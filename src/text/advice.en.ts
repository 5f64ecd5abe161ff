// What a caller can do when the gateway has refused a call.

import type { CallFault } from '#core/operation/refusals.ts'

export const adviceEn: Record<CallFault, string> = {
  interface_not_found:
    'Compare method and path with the document of the interface, and the version in the path. A version may have gone at its sunset.',
  interface_disabled: 'Nothing is wrong with the call. Ask the operator when the interface opens again.',
  interface_tripped: 'Ask the operator to open the interface again, and spread your calls over time.',
  ip_denied: 'Compare the address in the call log with the address list of the app; the operator can allow it there or for the platform.',
  missing_credentials: 'Send what the interface wants: a token in `Authorization`, the parameters of a signature, or both.',
  invalid_token:
    'Get a new token, and see that it arrives whole, behind `Bearer `, and is one of this platform. A new secret ends older tokens.',
  token_expired: 'Get a new token before the old one ends: `refresh_in` says when. Check the clock of your machine.',
  signature_missing:
    'Send every parameter of the scheme, such as `appId`, `timestamp`, `nonce` and `sign`: in the body of POST and PUT, else in the query. /openapi/token/generate wants them too, whatever signs your calls.',
  timestamp_out_of_window: 'Set the clock of your machine by NTP, send the unit that the scheme wants, and sign just before you send.',
  signature_invalid:
    'Ask by the request id why it was refused: you see the right string to sign beside yours. Or build it step by step in the workbench.',
  app_disabled: 'Ask the operator to enable the app.',
  app_expired: 'Ask the operator to extend the app.',
  scheme_not_allowed:
    'Sign by a scheme that both the app and the interface allow; their pages name them. A token is given for hmac-sha256, rsa2, sm2 or openapi.',
  replayed_request: 'Make a new nonce for each call, also when you send a call again.',
  decrypt_failed: 'Encrypt by the present secret of the app, and name the algorithm that you used.',
  not_granted: 'Apply for the interface on the page of your app.',
  project_denied: 'Name a project that the app is bound to; the operator can bind it to more.',
  rate_limited: 'Wait as long as `Retry-After` says, and spread your calls; `RateLimit` in each answer tells what is left.',
  quota_exceeded: 'Wait as long as `Retry-After` says, or ask the operator for a larger quota.',
  invalid_parameters: 'The message names the parameter and the rule; compare it with the parameters in the document of the interface.',
  body_too_large: 'Send less at once.',
  overloaded: 'Send it again after a moment, with a longer pause each time.',
  upstream_unreachable: 'Send it again later. If it stays so, tell the operator the request id.',
  upstream_timeout: 'The service may have done it all the same: look before you send it again.',
}
