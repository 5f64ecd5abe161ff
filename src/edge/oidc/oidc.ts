// The provider as the rest of the platform holds it: loaded with the first request that needs it, for the library takes memory, and made
// anew when the keys have changed.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'
import type { Logger } from 'pino'
import { noteSecretUses } from '#core/app/secret.store.ts'
import { SecretUses } from '#core/app/secret-uses.ts'
import type { ProviderDeps } from './provider.ts'

export interface Oidc {
  /** Of all tokens, and the base of all addresses; never what a caller says in `Host` (settled F25). */
  issuer(): string
  provider(): Promise<Provider>
  /** The next request is answered by the keys that there are then. */
  readKeysAgain(): void
  /** What answers requests. */
  handler(): Promise<Handler>
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

const keysReadEveryMs = 60_000

interface Made {
  readonly provider: Provider
  readonly handle: Handler
  readonly kids: string
}

export function openOidc(given: Omit<ProviderDeps, 'noteSecretUse'> & { readonly log: Logger }, issuer: () => string): Oidc {
  const secretUses = new SecretUses()
  const deps = { ...given, noteSecretUse }
  let made: Promise<Made> | undefined
  let readAt = 0

  /** Nobody waits for it. */
  function noteSecretUse(secretId: number): void {
    const now = given.now()
    secretUses.note(secretId, now.getTime())
    noteSecretUses(given.db, secretUses.take(now.getTime()), now).catch((err: unknown) =>
      given.log.warn({ err }, 'when a secret was last used was not written'),
    )
  }

  async function make(before: Made | undefined): Promise<Made> {
    const { createProvider } = await import('./provider.ts')
    const { publishedKeys } = await import('./keys.ts')
    const keys = await publishedKeys(deps)
    const kids = keys.map(({ kid }) => kid).join(' ')
    if (before?.kids === kids) return before
    const provider = createProvider(issuer(), keys, deps)
    provider.on('server_error', (_, err) => deps.log.error({ err }, 'an OAuth request failed'))
    return { provider, handle: provider.callback(), kids }
  }

  /** While new keys are looked for, and if they cannot be, the provider that there is goes on. */
  async function current(): Promise<Made> {
    const now = deps.now().getTime()
    if (made && now - readAt < keysReadEveryMs) return made
    readAt = now
    const before = await made
    const next = make(before)
    made = before ? next.catch(() => before) : next
    next.catch(() => {
      if (!before) made = undefined
    })
    return made
  }

  return {
    issuer,
    provider: async () => (await current()).provider,
    readKeysAgain() {
      readAt = 0
    },
    handler: async () => (await current()).handle,
  }
}
