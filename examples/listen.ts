// `npm run listen -- --app <appId> --forward http://localhost:3000/hook`: brings the events of an app to a program on this machine, which needs
// no public address. It asks the platform for them by the app's token, posts each as the platform would, and tells what the program answered.

import { createSecretKey, type KeyObject, randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { isUnsignable, requestSigners } from '#schemes/signed-request.ts'

const usage = `用法 Usage:
  npm run -s listen -- --app <appId> --forward <URL> [--platform <URL>]

  --app       应用的 appId                  the appId of the app
  --forward   接收事件的本机地址，事件的路径接在其后
              where your program takes events; the path of an event goes behind it
  --platform  平台地址，默认 http://127.0.0.1:8000
              where the platform is; http://127.0.0.1:8000 unless given

  应用密钥取自环境变量 APP_SECRET，没有时会询问。
  The secret of the app is taken from the variable APP_SECRET, or asked for.`

/** An answer of the program is waited for so long, well within the lease of what was taken. */
const forwardMsMax = 15_000
const responseMax = 4_096
const troubleMs = 2_000

interface Delivery {
  readonly id: number
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string
}

class Refused extends Error {
  readonly status: number

  constructor(status: number, text: string) {
    super(text)
    this.status = status
  }
}

const { appId, forward, platform } = readOrder()
const key = createSecretKey(Buffer.from(await readSecret()))
const listener = randomUUID()
let token = ''
await run(key)

async function run(key: KeyObject): Promise<void> {
  token = await fetchToken(key).catch(giveUp)
  console.log(
    `正在监听 ${appId} 的事件，转发到 ${forward}；Ctrl-C 结束。\nListening for events of ${appId}, forwarding to ${forward}; Ctrl-C ends it.`,
  )
  for (;;) {
    try {
      const { deliveries } = await ask<{ deliveries: Delivery[] }>('/openapi/event/listen', { listener })
      if (deliveries.length === 0) continue
      await ask('/openapi/event/listen/result', { listener, results: await Promise.all(deliveries.map(deliver)) })
    } catch (error) {
      if (error instanceof Refused && error.status === 401) token = await fetchToken(key).catch(giveUp)
      else if (error instanceof Refused && error.status < 500 && error.status !== 429) giveUp(error)
      else {
        console.error(`平台暂不可用，稍后再试。 The platform is away, trying again: ${reasonOf(error)}`)
        await sleep(troubleMs)
      }
    }
  }
}

async function deliver({ id, path, headers, body }: Delivery) {
  const startedAt = performance.now()
  const result = await post(`${forward}${path}`, headers, body)
  const latency = Math.round(performance.now() - startedAt)
  console.log(
    `${new Date().toTimeString().slice(0, 8)}  ${result.status ?? result.error}  ${latency} ms  ${path}  ${headers['webhook-id']}`,
  )
  return { id, latency, ...result }
}

async function post(url: string, headers: Record<string, string>, body: string) {
  try {
    const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(forwardMsMax) })
    const response = (await answer.text()).slice(0, responseMax).replaceAll('\0', '\ufffd').toWellFormed()
    return { status: answer.status, response }
  } catch (error) {
    return { status: null, error: (error as Error).name === 'TimeoutError' ? ('too_slow' as const) : ('unreachable' as const) }
  }
}

async function ask<Answer>(path: string, body: unknown): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return read(await fetch(`${platform}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }))
}

async function fetchToken(key: KeyObject): Promise<string> {
  const url = new URL(`${platform}/openapi/token/generate`)
  const order = { method: 'POST', url, data: undefined, appId, key: { alg: 'secret' as const, key, keyId: undefined }, token: undefined }
  const signed = requestSigners['hmac-sha256']!.sign({ ...order, platformKey: '', now: Date.now(), nonce: randomUUID() })
  if (isUnsignable(signed)) throw new Error('a token request has nothing that cannot be signed')
  const answer = await fetch(signed.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: signed.body! })
  return (await read<{ token: string }>(answer)).token
}

async function read<Answer>(answer: Response): Promise<Answer> {
  const text = await answer.text()
  if (!answer.ok) throw new Refused(answer.status, text)
  return (JSON.parse(text) as { data: Answer }).data
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error
  return (cause as Error | undefined)?.message ?? message
}

function giveUp(error: unknown): never {
  console.error(`平台拒绝或无法访问。 The platform refused, or cannot be reached: ${reasonOf(error)}`)
  process.exit(1)
}

function readOrder(): { appId: string; forward: string; platform: string } {
  const { app, forward, platform } = readArguments()
  if (!app || !forward) return refuse('缺少 --app 或 --forward。', '--app or --forward is missing.')
  for (const url of [forward, platform]) if (!/^https?:\/\//.test(url) || !URL.canParse(url)) return refuse(`不是 http(s) 网址：${url}`, `Not an http(s) URL: ${url}`) // biome-ignore format: one thought
  return { appId: app, forward: forward.replace(/\/$/, ''), platform: platform.replace(/\/$/, '') }
}

function readArguments() {
  try {
    const options = {
      app: { type: 'string' },
      forward: { type: 'string' },
      platform: { type: 'string', default: 'http://127.0.0.1:8000' },
    } as const
    return parseArgs({ options }).values
  } catch (error) {
    return refuse('命令有误。', (error as Error).message)
  }
}

function refuse(zh: string, en: string): never {
  console.error(`${zh}\n${en}\n\n${usage}`)
  process.exit(2)
}

/** Never an argument, which other users of the machine could read; and what is typed is not shown. */
async function readSecret(): Promise<string> {
  if (process.env.APP_SECRET) return process.env.APP_SECRET
  if (!process.stdin.isTTY) return refuse('缺少环境变量 APP_SECRET。', 'The variable APP_SECRET is missing.')
  process.stderr.write('应用密钥 Secret: ')
  // Without an output nothing of what is typed is echoed.
  const prompt = createInterface({ input: process.stdin, terminal: true })
  const secret = await prompt.question('')
  prompt.close()
  process.stderr.write('\n')
  return secret.trim()
}
