// `--role platform`.

import type { FirstLogin } from '#core/instance/instance.store.ts'
import { releaseMemory } from '#lib/release-memory.ts'
import { StartError } from '#lib/start-error.ts'
import { openPlatform } from '#platform.ts'
import { runAsPart } from '#supervisor/part.ts'
import { preparePart } from './part.ts'

export function startPlatform(): Promise<void> {
  return runAsPart({
    async start() {
      const { config, dataDir, log } = await preparePart('platform')
      if (config.databaseUrl === undefined) {
        throw new StartError({
          en: 'A platform that runs alone needs DATABASE_URL. The embedded database comes with `npm start`.',
          zh: '单独运行平台时需要设置 DATABASE_URL；内置数据库只随 `npm start` 启动。',
        })
      }
      const { url, close } = await openPlatform({ config, databaseUrl: config.databaseUrl, runDir: dataDir.runDir, log, announce })
      releaseMemory()
      log.info({ url }, 'the platform is ready')
      return { url, stop: close }
    },
  })
}

function announce({ username, password }: FirstLogin): void {
  const once = '密码只显示这一次，请妥善保存。 It is shown this once; keep it safe.'
  const [shown, note] =
    password === undefined ? ['KAIMEN_ADMIN_PASSWORD', '密码由该设置给出。 The password is the one you gave.'] : [password, once]
  console.log(`\n  首次登录 First login   ${username} / ${shown}\n  ${note}\n`)
}
