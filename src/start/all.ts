// `npm start`: the supervisor. It holds the data dir, runs the embedded PostgreSQL and the two parts, says where they are,
// and stops them in order.

import { setTimeout as sleep } from 'node:timers/promises'
import { pendingSettings, readConfig } from '#config/read.ts'
import { releaseMemory } from '#lib/release-memory.ts'
import type { Words } from '#lib/start-error.ts'
import { type DataDir, openDataDir } from '#supervisor/data-dir.ts'
import { type EmbeddedPostgres, openPostgres } from '#supervisor/embedded-postgres.ts'
import { takeLock } from '#supervisor/lock.ts'
import { type Supervision, supervise } from '#supervisor/supervise.ts'

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
  if (config.captchaTestAnswer !== undefined) {
    say({
      zh: '警告：已设置 KAIMEN_CAPTCHA_TEST_ANSWER，所有验证码的答案都相同，仅供自动化测试。',
      en: 'Warning: KAIMEN_CAPTCHA_TEST_ANSWER is set: every captcha has the same answer. For automated tests only.',
    })
  }
  const dataDir = openDataDir(config.dataDir)
  const lock = await takeLock(dataDir)
  const database = config.databaseUrl === undefined ? keepPostgres(dataDir) : undefined
  let supervision: Supervision | undefined

  const stop = async () => {
    say({ zh: '正在停止：等待处理中的请求完成……', en: 'Stopping: calls under way are answered first …' })
    await supervision?.stop()
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
    const env = { KAIMEN_DATA_DIR: dataDir.path, DATABASE_URL: config.databaseUrl ?? (await database?.url) }
    if (stopping) return
    const argv = (role: keyof typeof nodeFlags) => [...nodeFlags[role], decodeURIComponent(main), '--role', role]
    supervision = supervise({
      parts: [
        { name: 'platform', argv: argv('platform'), env },
        { name: 'gateway', argv: argv('gateway'), env },
      ],
      say,
      log: () => {},
    })
    const at = await supervision.ready
    releaseMemory()
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    printWhere(at.platform!, at.gateway!, dataDir, seconds)
  } catch (error) {
    if (stopping) return
    await database?.stop()
    throw error
  }
}

/** PostgreSQL, started again when it ends without being told to. */
function keepPostgres(dataDir: DataDir): { url: Promise<string>; stop(): Promise<void> } {
  const leaving = new AbortController()
  const open = () => openPostgres({ dataDir: dataDir.path, runDir: dataDir.runDir, say, signal: leaving.signal })
  const first = open()
  let postgres: EmbeddedPostgres | undefined
  const kept = keep().catch(() => {}) // A first start that fails is told by `url`; later ones are tried again until we leave.

  async function keep(): Promise<void> {
    for (postgres = await first; ; postgres = await openAgain()) {
      if (leaving.signal.aborted) return postgres.stop()
      const { code, signal } = await postgres.exited
      if (leaving.signal.aborted) return
      say({ zh: `数据库结束了（${signal ?? code}），正在重新启动。`, en: `The database ended (${signal ?? code}); it is started again.` })
    }
  }

  async function openAgain(): Promise<EmbeddedPostgres> {
    for (;;) {
      try {
        return await open()
      } catch (error) {
        if (leaving.signal.aborted) throw error
        console.error(error instanceof Error ? error.message : error)
        await sleep(restartPauseMs, undefined, { signal: leaving.signal })
      }
    }
  }

  return {
    url: first.then(({ url }) => url),
    // Also in the middle of a start, or the server would be left behind by us.
    async stop() {
      leaving.abort()
      await postgres?.stop()
      await kept
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
