// Where everything starts: config → parts → serve.
//
//   node src/main.ts                    the supervisor: embedded PostgreSQL, a platform process and a gateway process
//   node src/main.ts --role platform    one part alone, in this process
//   node src/main.ts --role gateway

import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { StartError } from '#lib/start-error.ts'

// Keeps what was compiled and stripped of types, so that the next start has neither to do, and none of our processes and threads holds
// the 18 MB that strip types. By a variable, for threads have no cache but by it; `npm start` sets it for this file as well.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../node_modules/.cache/kaimen')
enableCompileCache()

const roles: Record<string, () => Promise<void>> = {
  all: async () => (await import('./start/all.ts')).startAll(),
  platform: async () => (await import('./start/platform.ts')).startPlatform(),
  gateway: async () => (await import('./start/gateway.ts')).startGateway(),
}

try {
  await start()
} catch (error) {
  // A part has told its own reason already, where it happened.
  if (!(error instanceof StartError && error.isTold)) console.error(error instanceof StartError ? error.message : error)
  process.exit(1)
}

async function start(): Promise<void> {
  const role = roles[readRole()]
  if (role) return role()
  throw new StartError({
    en: `There is no such role. Use --role ${Object.keys(roles).join(', --role ')}.`,
    zh: `没有这种角色，可用：${Object.keys(roles).join('、')}。`,
  })
}

function readRole(): string {
  try {
    return parseArgs({ options: { role: { type: 'string', default: 'all' } } }).values.role
  } catch (error) {
    throw new StartError({ en: `${(error as Error).message} Usage: npm start -- [--role all|platform|gateway]`, zh: '命令行参数有误。' })
  }
}
