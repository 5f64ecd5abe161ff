// The platform with a database of its own, in a process of its own: what it costs is not the gateway's. Argument: the data dir.

import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { readConfig } from '#config/read.ts'
import { feedSocket } from '#lib/feed-socket.ts'
import { openPlatform } from '#platform.ts'
import { openDataDir } from '#supervisor/data-dir.ts'
import { openPostgres } from '#supervisor/embedded-postgres.ts'
import { tellReady } from './child.ts'

const { path, runDir } = openDataDir(process.argv[2]!)
const config = readConfig({ ...process.env, KAIMEN_DATA_DIR: path }, path)
// Also when the start fails. By then nobody is left in it.
process.on('exit', () => rmSync(runDir, { recursive: true, force: true }))
const postgres = await openPostgres({ dataDir: path, runDir, say: ({ en, zh }) => console.error(`${en}\n${zh}`) })

const log = pino({ level: 'warn' }, pino.destination(2))
const platform = await openPlatform({ config, databaseUrl: postgres.url, runDir, log }).catch(async (error: unknown) => {
  await postgres.stop()
  throw error
})

const credential = readFileSync(join(path, 'node.credential'), 'utf8').trim()
tellReady({ url: platform.url, feedSocket: feedSocket(runDir), credential }, async () => {
  await platform.close()
  await postgres.stop()
})
