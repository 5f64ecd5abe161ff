// `npm run long -- stream`: uploads and downloads of a gigabyte pass through the gateway, and its memory stays as it was.

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { tokenRequest } from '../house.ts'
import { dataOf, type Installation, openInstallation, until } from '../kaimen-process.ts'
import { reportOf, writeReport } from './report.ts'

const megabyte = 2 ** 20
const megabytesBefore = 128
const password = 'correct horse battery'

export interface Streamed {
  readonly what: string
  /** Megabytes a second. */
  readonly rate: number
  /** How much more memory the gateway's process held at most than before, in megabytes. */
  readonly growth: number
}

export async function stream(): Promise<void> {
  const megabytes = 1_024
  await using kaimen = await openInstallation()
  const rows = await streamThrough(kaimen, megabytes)
  const head = ['stream', 'MB/s', 'RSS grew by, MB']
  const cells = rows.map(({ what, rate, growth }) => [what, rate.toFixed(0), growth.toFixed(1)])
  for (const [what, rate, growth] of cells) console.log(`${what!.padEnd(20)} ${rate!.padStart(6)} MB/s, RSS grew by ${growth} MB`)
  const text = `Each stream is ${megabytes} MB, from and to a process on the same machine; RSS of the gateway's process is looked at twenty times a second.`
  writeReport('stream', reportOf({ name: 'stream', title: 'Large uploads and downloads', text, head, rows: cells }))
}

/**
 * Up and down, for `none` and `token`, each `megabytes` long. Before that the same in smaller, so that what stays is there: V8 looks
 * for buffers that nobody holds any more when there are some 64 MB of them.
 */
export async function streamThrough(kaimen: Installation, megabytes: number): Promise<Streamed[]> {
  await kaimen.startHealthy({ settings: { KAIMEN_ADMIN_PASSWORD: password } })
  const service = await openService()
  const headers = await publish(kaimen, service.url)
  const gateway = kaimen.pidOf('gateway')
  const rows: Streamed[] = []
  try {
    for (const security of ['none', 'token'] as const) {
      for (const [way, play] of Object.entries({ upload, download })) {
        const url = `${kaimen.gatewayUrl}/${security}/${way}`
        await play(url, headers, megabytesBefore * megabyte)
        const watch = watchMemory(gateway)
        const begunAt = performance.now()
        await play(url, headers, megabytes * megabyte)
        const seconds = (performance.now() - begunAt) / 1000
        rows.push({ what: `${way}, ${security}`, rate: megabytes / seconds, growth: watch.stop() })
      }
    }
  } finally {
    service.close()
  }
  return rows
}

async function openService() {
  const server = createServer(async (call, response) => {
    if (call.method === 'GET') await pipeline(bytesOf(Number(call.headers['x-bytes'])), response)
    else response.end(String(await countOf(call)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** The token's header, for an app that may call all four interfaces. */
async function publish(kaimen: Installation, serviceUrl: string): Promise<Record<string, string>> {
  const { token } = dataOf(await kaimen.manage('POST', '/openapi/user/login', { username: 'admin', password }))
  const done = async (method: string, path: string, body?: object) => dataOf(await kaimen.manage(method, path, body, token))
  const service = await done('POST', '/openapi/service/add', { name: 'streams', targets: [{ url: serviceUrl }] })
  const ids: number[] = []
  for (const security of ['none', 'token']) {
    for (const [way, method] of Object.entries({ upload: 'POST', download: 'GET' })) {
      const path = `/${security}/${way}`
      const fields = { name: path, path, method, security, type: 0, serviceType: 4, version: 'v1', status: 1, serviceId: service.id }
      ids.push((await done('POST', '/openapi/interface/add', fields)).id)
    }
  }
  const app = await done('POST', '/openapi/app/add', { name: 'streams' })
  await done('PUT', `/openapi/app/enable/${app.id}`)
  await done('PUT', `/openapi/app/config/${app.id}`, { interfaceIds: ids })

  const generate = () => kaimen.call(tokenRequest(app, Date.now()))
  await until(async () => (await generate()).status === 200, 10_000, () => 'the gateway does not know the app') // biome-ignore format: one thought
  const headers = { authorization: `Bearer ${dataOf(await generate()).token}` }
  const knows = async (path: string) => (await kaimen.call({ method: 'GET', path, headers: { ...headers, 'x-bytes': '1' } })).status === 200
  await until(async () => (await knows('/none/download')) && (await knows('/token/download')), 10_000, () => 'the interfaces are not there') // biome-ignore format: one thought
  return headers
}

async function upload(url: string, headers: Record<string, string>, bytes: number): Promise<void> {
  const call = request(url, { method: 'POST', headers })
  const answered = once(call, 'response')
  await pipeline(bytesOf(bytes), call)
  const [response] = (await answered) as [IncomingMessage]
  const text = (await response.setEncoding('latin1').toArray()).join('')
  if (response.statusCode !== 200 || text !== String(bytes)) throw new Error(`${url}: ${response.statusCode} ${text}`)
}

async function download(url: string, headers: Record<string, string>, bytes: number): Promise<void> {
  const call = request(url, { headers: { ...headers, 'x-bytes': bytes } }).end()
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  const got = await countOf(response)
  if (response.statusCode !== 200 || got !== bytes) throw new Error(`${url}: ${response.statusCode}, ${got} bytes`)
}

const block = Buffer.alloc(64 * 1024, 'kaimen')

function bytesOf(bytes: number): Readable {
  let left = bytes
  return new Readable({
    highWaterMark: block.length,
    read() {
      if (left === 0) return void this.push(null)
      const size = Math.min(left, block.length)
      left -= size
      this.push(block.subarray(0, size))
    },
  })
}

async function countOf(readable: Readable): Promise<number> {
  let bytes = 0
  readable.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  await finished(readable, { writable: false })
  return bytes
}

function watchMemory(pid: number) {
  const residentMegabytes = () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024
  const before = residentMegabytes()
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, residentMegabytes())
  }, 50)
  return {
    stop(): number {
      clearInterval(timer)
      return Math.max(most, residentMegabytes()) - before
    },
  }
}
