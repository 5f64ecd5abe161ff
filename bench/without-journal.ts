// Preloaded, it makes a gateway keep no nonces on disk: what the journal costs is what is missing then. The product has no such setting.

import { registerHooks } from 'node:module'

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    const isJournal = found.url.endsWith('/src/core/app/nonce-journal.ts')
    return isJournal ? { ...found, url: new URL('./no-journal.ts', import.meta.url).href } : found
  },
})
