// What both parts need before they start: settings, data dir, a lock on their role, a log.

import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Logger, pino } from 'pino'
import { readConfig } from '#config/read.ts'
import type { Config } from '#config.ts'
import { loggedError } from '#lib/logged-error.ts'
import { type DataDir, openDataDir } from '#supervisor/data-dir.ts'
import { type Lock, takeLock } from '#supervisor/lock.ts'

export interface PartBase {
  readonly config: Config
  readonly dataDir: DataDir
  readonly log: Logger
}

export async function preparePart(role: 'platform' | 'gateway'): Promise<PartBase> {
  const given = readConfig()
  const dataDir = openDataDir(given.dataDir)
  await takeRole(role, dataDir)
  const config = { ...given, dataDir: dataDir.path }
  return { config, dataDir, log: openLog(role, config) }
}

const orphanMsMax = 15_000

// One process a role and data dir. A part whose supervisor was killed is still draining for a while; its successor waits for it.
async function takeRole(role: string, dataDir: DataDir): Promise<Lock> {
  const place = { ...dataDir, path: `${dataDir.path} (${role})` }
  for (const startedAt = performance.now(); ; await sleep(50)) {
    try {
      return await takeLock(place)
    } catch (error) {
      if (performance.now() - startedAt > orphanMsMax) throw error
    }
  }
}

// Under the supervisor the terminal is for people, and the log goes to a file; alone, it goes where the operator collects it.
function openLog(role: string, config: Config): Logger {
  const options = { level: config.logLevel, name: role, serializers: { err: loggedError } }
  if (process.send === undefined) return pino(options)
  const folder = join(config.dataDir, 'log')
  mkdirSync(folder, { recursive: true })
  keepShort(join(folder, `${role}.log`))
  return pino(options, pino.destination({ dest: join(folder, `${role}.log`), sync: true }))
}

const logBytesMax = 20 * 1024 * 1024

// At a start: what is long is put aside, in place of what was put aside before.
function keepShort(file: string): void {
  if (existsSync(file) && statSync(file).size > logBytesMax) renameSync(file, `${file}.old`)
}
