// `npm start`: the supervisor. It holds the data dir, runs the embedded PostgreSQL and the two parts, says where they are,
// and stops them in order.

import { setTimeout as sleep } from 'node:timers/promises'
import { pendingSettings, readConfig } from '#config.ts'
import type { Words } from '#lib/start-error.ts'
import { type DataDir, openDataDir } from '#supervisor/data-dir.ts'
import { type EmbeddedPostgres, openPostgres } from '#supervisor/embedded-postgres.ts'
import { takeLock } from '#supervisor/lock.ts'
import { supervise } from '#supervisor/supervise.ts'

const main = new URL('../main.ts', import.meta.url).pathname
const restartPauseMs = 1_000
// What the platform reads at its start would leave 100 MB of garbage in a young generation of the usual size, for good.
const nodeFlags = { platform: ['--max-semi-space-size=8'], gateway: [] }

export async function startAll(): Promise<void> {
  const startedAt = performance.now()
  const config = readConfig()
  for (const name of pendingSettings()) {
    say({ zh: `注意：本版本尚未实现设置 ${name}，它暂不生效。`, en: `Note: this version does not act on ${name} yet.` })
  }
  const dataDir = openDataDir(config.dataDir)
  const lock = await takeLock(dataDir)
  const database = config.databaseUrl === undefined ? await keepPostgres(dataDir) : undefined

  const env = { KAIMEN_DATA_DIR: dataDir.path, DATABASE_URL: config.databaseUrl ?? database?.url }
  const argv = (role: keyof typeof nodeFlags) => [...nodeFlags[role], decodeURIComponent(main), '--role', role]
  const supervision = supervise({
    parts: [
      { name: 'platform', argv: argv('platform'), env },
      { name: 'gateway', argv: argv('gateway'), env },
    ],
    say,
    log: () => {},
  })

  const stop = async () => {
    say({ zh: '正在停止：等待处理中的请求完成……', en: 'Stopping: calls under way are answered first …' })
    await supervision.stop()
    await database?.stop()
    await lock.release()
  }
  let stopping: Promise<void> | undefined
  const stopAndExit = () => {
    stopping ??= stop().then(
      () => process.exit(0),
      (error) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', stopAndExit)
  process.on('SIGTERM', stopAndExit)
  process.on('SIGHUP', stopAndExit)

  try {
    const at = await supervision.ready
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    printWhere(at.platform!, at.gateway!, dataDir, seconds)
  } catch (error) {
    if (stopping) return
    await database?.stop()
    throw error
  }
}

/** PostgreSQL, started again when it ends without being told to. */
async function keepPostgres(dataDir: DataDir): Promise<{ url: string; stop(): Promise<void> }> {
  const order = { dataDir: dataDir.path, runDir: dataDir.runDir, say }
  let postgres: EmbeddedPostgres = await openPostgres(order)
  let stopping = false

  async function keep(): Promise<void> {
    for (;;) {
      const { code, signal } = await postgres.exited
      if (stopping) return
      say({ zh: `数据库结束了（${signal ?? code}），正在重新启动。`, en: `The database ended (${signal ?? code}); it is started again.` })
      for (;;) {
        try {
          postgres = await openPostgres(order)
          break
        } catch (error) {
          if (stopping) return
          console.error(error instanceof Error ? error.message : error)
          await sleep(restartPauseMs)
        }
      }
    }
  }
  keep()

  return {
    url: postgres.url,
    stop() {
      stopping = true
      return postgres.stop()
    },
  }
}

function say({ zh, en }: Words): void {
  console.log(`· ${zh} ${en}`)
}

function printWhere(platform: string, gateway: string, dataDir: DataDir, seconds: string): void {
  console.log(`
Kaimen 开门 已启动，用时 ${seconds} 秒 · is running after ${seconds} s

  平台 Platform   ${platform}
  网关 Gateway    ${gateway}
  数据 Data       ${dataDir.path}  (log/)
  试用 Try it     npm run demo
  停止 Stop       Ctrl-C
`)
}
