// A calling thread of `replay.ts`: signs its share of the calls and sends each over one of many connections, some of them twice.

import { createHmac, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { Client } from 'undici'
import { type Board, type Column, count, stateOf } from './replay-board.ts'

export interface CallerOrder {
  readonly board: Board
  readonly gatewayUrl: string
  readonly apps: readonly { readonly appId: string; readonly appSecret: string; readonly token: string }[]
  /** Its number, of so many callers. */
  readonly at: number
  readonly callers: number
  readonly connections: number
}

/** While the gateway is away. */
const patienceMs = 50
/** One call in nine has a duplicate: a tenth of all. */
const duplicateEvery = 9

const { board, gatewayUrl, apps, at, callers, connections } = workerData as CallerOrder
const { sent, taken, lost, state } = board

interface Job {
  readonly serial: number
  readonly path: string
  readonly token: string
  /** In which phase it was sent first. */
  readonly phase: number
  readonly isDuplicate: boolean
}

// The last one is sent next, so that a duplicate that is due at once meets its original under way.
const ready: Job[] = []
const later = new Map<number, Job>()
// No more than the time window allows for, even on a slow machine.
const laterMax = Math.ceil(sent.length / callers / 8)
let next = at

await Promise.all(Array.from({ length: connections }, callInTurn))

async function callInTurn(): Promise<void> {
  const client = new Client(gatewayUrl)
  for (let job = takeJob(); job; job = takeJob()) await send(client, job)
  await client.close()
}

function takeJob(): Job | undefined {
  const due = ready.pop()
  if (due) return due
  if (next >= sent.length || Atomics.load(state, stateOf.isStopped) === 1) {
    ready.push(...later.values())
    later.clear()
    return ready.pop()
  }
  const serial = next
  next += callers
  const waiting = later.get(serial)
  if (waiting) ready.push(waiting)
  later.delete(serial)
  const job = newJob(serial)
  if (serial % duplicateEvery === 0) {
    const duplicate = { ...job, isDuplicate: true }
    if (serial % (2 * duplicateEvery) === 0) ready.push(duplicate)
    else later.set(laterThan(serial), duplicate)
  }
  return job
}

function laterThan(serial: number): number {
  let due: number
  do due = serial + callers * (1 + Math.floor(Math.random() * laterMax))
  while (later.has(due))
  return due
}

/** Signed by code of its own. The number is the service's to see, the nonce the gateway's. */
function newJob(serial: number): Job {
  const { appId, appSecret, token } = apps[serial % apps.length]!
  const canonical = `appId=${appId}&nonce=${randomUUID()}&serial=${serial}&signType=hmac-sha256&timestamp=${Date.now()}`
  const sign = createHmac('sha256', appSecret).update(`GET\n/once\n${canonical}`).digest('base64')
  const path = `/once?${canonical}&sign=${encodeURIComponent(sign)}`
  return { serial, path, token, phase: Atomics.load(state, stateOf.phase), isDuplicate: false }
}

/** Sends it until it is answered. When an answer was lost, or was that we shall wait, the call's nonce may be taken all the same. */
async function send(client: Client, job: Job): Promise<void> {
  const headers = { authorization: `Bearer ${job.token}` }
  for (;;) {
    const phase = Atomics.load(state, stateOf.phase)
    const note = (name: Column) => count(board, phase, name)
    try {
      const { statusCode, body } = await client.request({ method: 'GET', path: job.path, headers })
      const text = await body.text()
      // A gateway that has just started may not be ready yet.
      if (statusCode === 503 && text.includes('"overloaded"')) {
        note('toldToWait')
        Atomics.store(lost, job.serial, 1)
        await sleep(patienceMs)
        continue
      }
      Atomics.store(sent, job.serial, 1)
      note('sent')
      if (job.isDuplicate) note('duplicates')
      if (job.isDuplicate && phase > job.phase) note('acrossKill')
      if (statusCode === 200) {
        note('taken')
        Atomics.add(taken, job.serial, 1)
      } else if (statusCode === 401 && text.includes('"replayed_request"')) note('replayed')
      else parentPort!.postMessage(`${statusCode} ${text} for ${job.path}`)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') {
        note('sent')
        note('unanswered')
        Atomics.store(lost, job.serial, 1)
      }
      await sleep(patienceMs)
    }
  }
}
