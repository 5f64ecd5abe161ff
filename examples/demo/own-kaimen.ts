// A Kaimen for as long as the demo lasts: free ports, a password that nobody needs, and a folder that goes with it.

import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export interface OwnKaimen {
  readonly platform: string
  readonly gateway: string
  readonly password: string
  /** When both listeners answer; rejects when they do not in a minute. */
  readonly ready: Promise<void>
  stop(): Promise<void>
}

const startMsMax = 60_000
const stopMsMax = 20_000
/** So short that the demo can wait for the end of one. */
const tokenTtlSeconds = 8

export async function startOwnKaimen(): Promise<OwnKaimen> {
  const folder = mkdtempSync(join(tmpdir(), 'kaimen-demo-'))
  const password = randomUUID()
  const [platformPort, gatewayPort] = await freePorts()
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../src/main.ts')], {
    // A folder of its own, or a `.env` of the person who runs the demo could lead it to a real database.
    cwd: folder,
    env: {
      ...withoutSettings(process.env),
      KAIMEN_DATA_DIR: join(folder, 'data'),
      KAIMEN_PLATFORM_PORT: String(platformPort),
      KAIMEN_GATEWAY_PORT: String(gatewayPort),
      KAIMEN_ADMIN_PASSWORD: password,
      KAIMEN_TOKEN_TTL: String(tokenTtlSeconds),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => said.push(text))

  const platform = `http://127.0.0.1:${platformPort}`
  const gateway = `http://127.0.0.1:${gatewayPort}`
  const ready = waitUntilReady([platform, gateway], child, said)
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= end(child).then(() => rmSync(folder, { recursive: true, force: true }))
    return stopping
  }
  return { platform, gateway, password, ready, stop }
}

async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()]
  const ports: number[] = []
  // Both are held before either is given up, so that they differ.
  for (const server of servers) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    ports.push((server.address() as AddressInfo).port)
  }
  for (const server of servers) server.close()
  return [ports[0]!, ports[1]!]
}

function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isSetting = (name: string) => name.startsWith('KAIMEN_') || name === 'DATABASE_URL' || name === 'REDIS_URL'
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isSetting(name)))
}

async function waitUntilReady(bases: readonly string[], child: ChildProcess, said: readonly string[]): Promise<void> {
  for (const giveUpAt = Date.now() + startMsMax; Date.now() < giveUpAt && isRunning(child); await pause(100)) {
    const healthy = await Promise.all(bases.map(isHealthy))
    if (healthy.every(Boolean)) return
  }
  throw new Error(`临时的 Kaimen 未能启动 The temporary Kaimen did not start:\n${said.join('')}`)
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

/** Whether a Kaimen answers there, platform or gateway. */
export async function isHealthy(base: string): Promise<boolean> {
  try {
    const answer = await fetch(`${base}/healthz`, { signal: AbortSignal.timeout(2_000) })
    return answer.ok && ((await answer.json()) as { status?: unknown }).status === 'ok'
  } catch {
    return false
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), stopMsMax)
  await ended
  clearTimeout(late)
}
