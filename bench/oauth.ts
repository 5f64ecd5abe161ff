// What a token costs: CPU of the platform for a request of the token endpoint, beside a bare `oidc-provider` over the same tables, in one
// process and in rounds that take turns. Run it alone: node bench/oauth.ts

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Provider } from 'oidc-provider'
import { scopes } from '#core/oauth/scope.ts'
import { openDatabase } from '#db/open.ts'
import { adapterOver } from '#edge/oidc/adapter.ts'
import { compareSecrets, ourFields } from '#edge/oidc/client.ts'
import { publishedKeys } from '#edge/oidc/keys.ts'
import { routes } from '#edge/oidc/routes.ts'
import { openMasterKey } from '#lib/master-key.ts'
import { createSealer } from '#lib/seal.ts'
import { openDataDir } from '#supervisor/data-dir.ts'
import { openPostgres } from '#supervisor/embedded-postgres.ts'
import { openHouse } from '../test/house.ts'

const rounds = 5
const requestsARound = 240
const connections = 8

export interface Load {
  readonly url: string
  readonly authorization: string
  readonly count: number
  /** One chain each; each answer has the next. Absent: client_credentials. */
  readonly refreshTokens?: readonly string[]
}

const folder = mkdtempSync(join(tmpdir(), 'kaimen-bench-'))
// The database does not run as root, and its user has to pass through here.
chmodSync(folder, 0o711)
const dataDir = openDataDir(join(folder, 'data'))
const postgres = await openPostgres({ dataDir: dataDir.path, runDir: dataDir.runDir, say: () => {} })
process.env.TEST_DATABASE_URL = postgres.url
const house = await openHouse()
const database = await openDatabase(house.databaseUrl, { error: () => {} })
const sealer = createSealer(openMasterKey(house.dataDir, undefined))
const app = await house.app()
const authorization = `Basic ${Buffer.from(`${app.appId}:${app.appSecret}`).toString('base64')}`

const deps = { db: database.db, sealer, config: house.config, now: () => new Date(), noteSecretUse: () => {} }
const bare = await openBare()
const bareServer = createServer(bare.callback()).listen(0, '127.0.0.1')
await once(bareServer, 'listening')
const sides = { bare: `http://127.0.0.1:${(bareServer.address() as AddressInfo).port}`, ours: house.platformUrl }
type Side = keyof typeof sides

try {
  for (const grant of ['client_credentials', 'refresh_token'] as const) {
    const spent: Record<Side, number[]> = { bare: [], ours: [] }
    for (let round = 0; round <= rounds; round++) {
      for (const side of round % 2 === 0 ? (['bare', 'ours'] as const) : (['ours', 'bare'] as const)) {
        const chains = grant === 'refresh_token' ? { refreshTokens: await newRefreshTokens() } : {}
        const ms = await cpuOf({ url: sides[side] + routes.token, authorization, count: requestsARound, ...chains })
        // The first round warms up.
        if (round > 0) spent[side].push(ms / requestsARound)
      }
    }
    const median = (all: number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]!
    const [ofBare, ofOurs] = [median(spent.bare), median(spent.ours)]
    console.log(`${grant}: bare ${ofBare.toFixed(2)} ms, ours ${ofOurs.toFixed(2)} ms of CPU a request: ${(ofOurs / ofBare).toFixed(2)} x`)
  }
} finally {
  bareServer.close()
  bareServer.closeAllConnections()
  await database.close()
  await house.close()
  await postgres.stop()
  for (const made of [folder, dataDir.runDir]) rmSync(made, { recursive: true, force: true })
}

async function openBare(): Promise<Provider> {
  const provider = new Provider('http://127.0.0.1', {
    adapter: adapterOver(deps),
    jwks: { keys: await publishedKeys(deps) },
    routes,
    scopes: [...scopes],
    subjectTypes: ['pairwise'],
    pairwiseIdentifier: (_, accountId) => accountId,
    sectorIdentifierUriValidate: () => false,
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    extraClientMetadata: { properties: [...ourFields] },
    ttl: { AccessToken: 3_600, ClientCredentials: 3_600, Grant: 86_400, RefreshToken: 86_400 },
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  })
  compareSecrets(provider, deps)
  return provider
}

/** Families as both sides find them in the tables. */
async function newRefreshTokens(): Promise<string[]> {
  const client = (await bare.Client.find(app.appId))!
  return Promise.all(
    Array.from({ length: connections }, async () => {
      const grant = new bare.Grant({ accountId: '1', clientId: app.appId })
      grant.addOIDCScope('profile')
      const family = { accountId: '1', client, grantId: await grant.save(), gty: 'authorization_code', scope: 'profile', rotations: 0 }
      return new bare.RefreshToken(family).save()
    }),
  )
}

/** Milliseconds of this process while another one sends. */
async function cpuOf(load: Load): Promise<number> {
  const child = fork(new URL('./oauth-load.ts', import.meta.url))
  await new Promise((resolve) => child.once('message', resolve))
  const before = process.cpuUsage()
  child.send(load)
  const trouble = await new Promise<string>((resolve) => child.once('message', resolve))
  const { user, system } = process.cpuUsage(before)
  child.disconnect()
  if (trouble !== '') throw new Error(trouble)
  return (user + system) / 1000
}
