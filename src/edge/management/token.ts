// App tokens at the platform's listener; the gateway answers the same request from its snapshot.

import { z } from 'zod'
import { CallerApp } from '#core/app/app.ts'
import { noteSecretUses } from '#core/app/secret.store.ts'
import { SecretUses } from '#core/app/secret-uses.ts'
import { fault, Refusal } from '#core/fault.ts'
import { appDocument } from '#core/feed/feed.store.ts'
import { generateToken, type TokenAnswer } from '#core/token/generate.ts'
import { Malformed, readJsonObject } from '#schemes/parameters.ts'
import { openEndpoint } from './endpoint.ts'

export const generate = openEndpoint({
  summary: { en: 'An app proves its secret and gets a token', zh: '应用凭密钥获取 token' },
  body: z
    .object({
      appId: z.string(),
      appSecret: z.string().optional(),
      timestamp: z.union([z.int(), z.string()]).describe('Milliseconds, at most 5 minutes off'),
      nonce: z.string().optional(),
      signType: z.string().optional().describe('hmac-sha256, rsa2 or sm2; absent: openapi (AES)'),
      sign: z.string().describe('Over every other field'),
    })
    // The texts that were signed are read below, from the body as it was sent; here they are only documented.
    .partial()
    .catch({}),
  answer: z.object({
    token: z.string(),
    expiresIn: z.int().describe('Seconds'),
    refresh_in: z.int().describe('Seconds after which to ask for the next one; this one is good until expiresIn'),
  }),
  async handle({ bodyText }, deps) {
    const parameters = readJsonObject(bodyText)
    if (parameters instanceof Malformed) throw fault('invalid_parameters', { reason: parameters.reason, ...parameters.facts })
    const appId = parameters.find((parameter) => parameter.name === 'appId')?.text
    const document = appId ? await appDocument(deps.db, appId) : undefined
    const uses = new SecretUses()
    const app = document && new CallerApp(document, deps.sealer, uses)
    const request = { path: '/openapi/token/generate', parameters, app }
    const { tokenTtl, timeZone } = deps.config
    const { tokens, nonces, verifier } = deps
    const answer = await new Promise<TokenAnswer | Refusal>((resolve) =>
      generateToken(request, { tokens, nonces, verifier, tokenTtl, timeZone }, deps.now().getTime(), resolve),
    )
    if (answer instanceof Refusal) throw fault(answer.fault, answer.detail)
    const kept = await new Promise<boolean>((resolve) => deps.nonces.afterKept(resolve))
    if (!kept) throw fault('overloaded')
    await noteSecretUses(deps.db, uses.take(deps.now().getTime()), deps.now())
    return answer
  },
})
