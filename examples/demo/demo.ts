// `npm run demo`: the whole story of an open platform, played on a Kaimen that runs already, or else on a temporary one.
// Exit code: 0 when every step went as told, 1 when one did not, 2 when the command itself was wrong.

import { parseArgs } from 'node:util'
import { isHealthy, startOwnKaimen } from './own-kaimen.ts'
import { askPassword } from './password.ts'
import { isAsTold } from './stage.ts'
import { type Place, playDemo } from './story.ts'

const usage = `用法 Usage:
  npm run demo
  npm run demo -- [--platform http://127.0.0.1:8000] [--gateway http://127.0.0.1:9000] [--password <password>]

  不给地址、本机又没有运行 Kaimen 时，启动一个临时的，演示后删除。
  Without addresses, and where no Kaimen runs, a temporary one is started, and removed afterwards.
  密码属于用户 admin；也可由环境变量 KAIMEN_ADMIN_PASSWORD 给出，或在提示时输入。
  The password is that of the user admin; the variable KAIMEN_ADMIN_PASSWORD may hold it, or you are asked for it.
  示例停车场运行在演示进程里，所以网关须在同一台机器上。
  The sample car park runs inside the demo, so the gateway has to be on the same machine.`

const print = (line: string) => console.log(line)

const options = readOptions()
const platform = withoutSlash(options.platform ?? 'http://127.0.0.1:8000')
const gateway = withoutSlash(options.gateway ?? 'http://127.0.0.1:9000')
print('Kaimen 开门 · 演示 demo')

const isAsked = options.platform !== undefined || options.gateway !== undefined
process.exitCode = isAsked || (await isHealthy(platform)) ? await playThere() : await playHere()

function readOptions() {
  try {
    const { values } = parseArgs({
      options: { platform: { type: 'string' }, gateway: { type: 'string' }, password: { type: 'string' }, help: { type: 'boolean' } },
    })
    if (!values.help) return values
    print(usage)
    process.exit(0)
  } catch (error) {
    return giveUp('命令行参数有误。', (error as Error).message)
  }
}

function withoutSlash(url: string): string {
  return URL.canParse(url) ? url.replace(/\/+$/, '') : giveUp(`不是网址：${url}`, `Not a URL: ${url}`)
}

/** On a Kaimen that somebody runs. */
async function playThere(): Promise<number> {
  for (const base of [platform, gateway]) {
    if (!(await isHealthy(base))) giveUp(`${base} 上没有 Kaimen 应答。`, `No Kaimen answers at ${base}.`)
  }
  print(`使用正在运行的 Kaimen：${platform}（网关 ${gateway}）。演示会在其中留下名为 demo-… 的应用、接口和服务。`)
  print(`On the Kaimen that runs at ${platform} (gateway ${gateway}). An app, interfaces and services called demo-… will stay in it.`)
  const password = options.password ?? process.env.KAIMEN_ADMIN_PASSWORD ?? (await passwordFromTerminal())
  return play({ platform, gateway, password, print })
}

async function passwordFromTerminal(): Promise<string> {
  if (process.stdin.isTTY) return askPassword('用户 admin 的密码 Password of the user admin: ')
  return giveUp(
    '缺少用户 admin 的密码：--password 或 KAIMEN_ADMIN_PASSWORD。',
    'The password of the user admin is missing: --password or KAIMEN_ADMIN_PASSWORD.',
  )
}

/** On a Kaimen of its own. */
async function playHere(): Promise<number> {
  print(`${platform} 上没有 Kaimen 应答：启动一个临时的，演示结束后删除……`)
  print(`No Kaimen answers at ${platform}: starting a temporary one, which is removed when the demo ends …`)
  const own = await startOwnKaimen()
  // Whoever interrupts the demo should not find its Kaimen still running.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => own.stop().finally(() => process.exit(130)))
  try {
    await own.ready
    return await play({ platform: own.platform, gateway: own.gateway, password: own.password, print })
  } finally {
    await own.stop()
  }
}

async function play(place: Place): Promise<number> {
  const steps = await playDemo(place)
  return steps.every(isAsTold) ? 0 : 1
}

function giveUp(zh: string, en: string): never {
  console.error(`${zh}\n${en}\n\n${usage}`)
  process.exit(2)
}
