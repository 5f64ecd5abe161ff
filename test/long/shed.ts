// `npm run long -- shed`: calls come to one gateway at a rate that does not ask whether it can keep up, from half of what it can to four
// times as much; once as it is, and once without refusing any.

import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { pino } from 'pino'
import { readConfig } from '#config/read.ts'
import { type FeedLine, feedFormat, type OperationDocument } from '#core/feed/document.ts'
import { openGateway } from '#gateway/gateway.ts'
import { openSnapshotFile } from '#gateway/snapshot-file.ts'
import { openMasterKey } from '#lib/master-key.ts'
import { createSealer } from '#lib/seal.ts'
import { reportOf, writeReport } from './report.ts'

const loads = [0.5, 1, 2, 4]
const connections = 1_000
const seconds = 6
const inTimeMs = 500
const parameters = 100
/** Checks of each parameter: what makes a call dear for the gateway, and for nobody else on the machine. */
const checks = 250

interface Task {
  readonly port: number
  readonly connections: number
  readonly seconds: number
  /** Calls a second; undefined: each connection calls again as soon as it is answered. */
  readonly rate: number | undefined
}

interface Seen {
  /** Calls that were due. */
  readonly calls: number
  /** Milliseconds from when a call was due to its answer, of those that were admitted, ascending. */
  readonly latencies: readonly number[]
  readonly refused: number
}

export async function shed(): Promise<void> {
  const service = await openService()
  await using refusing = await openOne(service.port, true)
  await using taking = await openOne(service.port, false)
  const rows: string[][] = []
  // What is compiled as it goes comes first.
  for (let round = 0; round < 3; round++) for (const { port } of [refusing, taking]) await capacityOf(port)
  for (const load of loads) {
    // Others use the machine too, so it is measured anew each time.
    const capacity = await capacityOf(taking.port)
    for (const [name, { port }] of Object.entries({ refusing, taking })) {
      const { calls, latencies, refused } = await call({ port, connections, seconds, rate: capacity * load })
      const at = (share: number) => (latencies[Math.floor(latencies.length * share)] ?? Number.NaN).toFixed(0)
      const inTime = latencies.filter((latency) => latency <= inTimeMs).length
      const rates = [calls, latencies.length, inTime].map((count) => (count / seconds).toFixed(0))
      const parts = [refused, calls - latencies.length - refused].map((count) => `${((100 * count) / calls).toFixed(0)} %`)
      rows.push([`${load}×${name === 'refusing' ? '' : ', refusing none'}`, ...rates, at(0.5), at(0.99), ...parts])
      console.log(
        rows
          .at(-1)!
          .map((cell, cellAt) => cell.padEnd(cellAt === 0 ? 22 : 10))
          .join(''),
      )
      await sleep(1_500)
    }
  }
  service.close()
  const head = ['load', 'calls due/s', 'admitted/s', `within ${inTimeMs} ms, /s`, 'p50, ms', 'p99, ms', 'refused', 'not answered']
  writeReport('shed', reportOf({ name: 'shed', title: 'More calls than can be served', text: told, head, rows }))
}

async function capacityOf(port: number): Promise<number> {
  const { latencies } = await call({ port, connections: 32, seconds: 2, rate: undefined })
  return latencies.length / 2
}

const told = `One gateway with one serving thread, on loopback; callers and service share the machine with it. Its capacity is what 32 connections
get that call again as soon as they are answered: open calls with ${parameters} parameters that are checked against a schema at some length. Then
calls become due at a fixed rate for ${seconds} s, whether or not those before them were answered, on ${connections} connections; a call that finds none
free waits for one. Times are from when a call was due to the end of its answer, of calls that were admitted; what came later than a second
after the end counts as not answered. The rule by which calls are refused is told in \`src/gateway/shed.ts\`. A refusal costs less than a call,
but not nothing: at several times the capacity most of what the thread can do goes into refusing.`

/** A service that answers each request with the same few bytes, as cheaply as can be. */
async function openService() {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let rest = ''
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      const heads = (rest + chunk.toString('latin1')).split('\r\n\r\n')
      rest = heads.pop()!
      if (heads.length > 0)
        socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}'.repeat(heads.length))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

const names = Array.from({ length: parameters }, (_, at) => `p${at}`)

/** A gateway that knows one interface and no platform. */
async function openOne(servicePort: number, sheds: boolean) {
  const dataDir = mkdtempSync(join(tmpdir(), 'kaimen-shed-'))
  const config = readConfig({ KAIMEN_DATA_DIR: dataDir, KAIMEN_GATEWAY_PORT: '0', KAIMEN_GATEWAY_THREADS: '1' }, dataDir)
  const file = openSnapshotFile(join(dataDir, 'snapshot'), createSealer(openMasterKey(dataDir, undefined)))
  file.append(linesFor(servicePort))
  file.close()
  const { url, close } = await openGateway({ config, feedSocket: join(dataDir, 'none'), log: pino({ level: 'silent' }), sheds })
  return {
    port: Number(new URL(url).port),
    async [Symbol.asyncDispose]() {
      await close()
      rmSync(dataDir, { recursive: true })
    },
  }
}

function linesFor(servicePort: number): FeedLine[] {
  const text = { type: 'string', allOf: Array.from({ length: checks }, () => ({ pattern: '^[a-z]+[0-9]+$' })) }
  const operation: OperationDocument = {
    kind: 'operation',
    id: 1,
    method: 'GET',
    path: '/costly',
    disabled: false,
    security: 'none',
    schemes: null,
    limitCount: null,
    limitAction: 'refuse',
    concurrency: null,
    tripped: false,
    opening: 1,
    serviceId: 1,
    upstreamPath: '/',
    projectParam: null,
    paramSchema: { type: 'object', required: names, additionalProperties: text },
    deprecatedAt: null,
    sunsetAt: null,
  }
  return [
    { kind: 'reset', instance: `${feedFormat}shed` },
    {
      kind: 'service',
      id: 1,
      targets: [{ url: `http://127.0.0.1:${servicePort}`, weight: 1 }],
      balance: 'round_robin',
      connectTimeoutMs: 5_000,
      timeoutMs: 60_000,
      retries: 0,
      healthCheck: null,
      passAuthorization: false,
    },
    operation,
    { kind: 'revision', revision: 1 },
  ]
}

function call(task: Task): Promise<Seen> {
  const worker = new Worker(new URL(import.meta.url), { workerData: task })
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
}

/** The callers, in a thread of their own. */
async function callAll({ port, connections: count, seconds: lasting, rate }: Task): Promise<Seen> {
  const request = Buffer.from(`GET /costly?${names.map((name) => `${name}=abc${name.slice(1)}`).join('&')} HTTP/1.1\r\nhost: a\r\n\r\n`)
  const latencies: number[] = []
  let refused = 0
  let calls = 0
  const due: number[] = []
  const idle: Caller[] = []
  const callers = await Promise.all(Array.from({ length: count }, () => openCaller(port, onAnswer)))
  const startedAt = performance.now()
  const endsAt = startedAt + lasting * 1_000

  function onAnswer(caller: Caller, status: number): void {
    const now = performance.now()
    if (status === 200) latencies.push(now - caller.dueAt)
    else refused++
    const next = rate === undefined ? (now < endsAt ? now : undefined) : due.shift()
    if (next === undefined) idle.push(caller)
    else {
      if (rate === undefined) calls++
      caller.send(request, next)
    }
  }

  if (rate === undefined) for (const caller of callers) onIdle(caller)
  else idle.push(...callers)
  function onIdle(caller: Caller): void {
    calls++
    caller.send(request, performance.now())
  }

  while (performance.now() < endsAt) {
    if (rate !== undefined) {
      for (const wanted = ((performance.now() - startedAt) / 1_000) * rate; calls < wanted; calls++) {
        const dueAt = startedAt + (calls / rate) * 1_000
        const caller = idle.pop()
        if (caller) caller.send(request, dueAt)
        else due.push(dueAt)
      }
    }
    await sleep(1)
  }
  due.length = 0
  await sleep(1_000)
  const seen = { calls, latencies: latencies.toSorted((a, b) => a - b), refused }
  for (const { socket } of callers) socket.destroy()
  return seen
}

interface Caller {
  readonly socket: Socket
  dueAt: number
  send(request: Buffer, dueAt: number): void
}

async function openCaller(port: number, onAnswer: (caller: Caller, status: number) => void): Promise<Caller> {
  const socket = connect(port, '127.0.0.1')
  const caller: Caller = {
    socket,
    dueAt: 0,
    send(request, dueAt) {
      caller.dueAt = dueAt
      socket.write(request)
    },
  }
  let got = ''
  socket.on('data', (chunk: Buffer) => {
    got += chunk.toString('latin1')
    const end = got.indexOf('\r\n\r\n')
    if (end < 0) return
    const length = Number(/content-length: (\d+)/i.exec(got)![1])
    if (got.length < end + 4 + length) return
    const status = Number(got.slice(9, 12))
    got = ''
    onAnswer(caller, status)
  })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return caller
}

if (!isMainThread) callAll(workerData as Task).then((seen) => parentPort!.postMessage(seen))
