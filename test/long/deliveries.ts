// `npm run long -- deliveries`: how many events a second go out, what each costs, and whether one dead receiver is felt by the others.
// Platform, gateway and PostgreSQL are processes of their own; the receivers are here.

import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { connect } from '../database.ts'
import { dataOf, type Installation, openInstallation, until } from '../kaimen-process.ts'
import { openOwnPostgres } from '../own-postgres.ts'
import { openReceiver } from '../receiver.ts'
import { reportOf, spread, writeReport } from './report.ts'

const password = 'correct horse battery'
const path = '/push/measured'
const msMax = 120_000

const told = `Events of 200 bytes to receivers on this machine, over plain HTTP. Rows that name waiting events drain a queue that was
written beforehand; CPU is that of the platform's process and of all of PostgreSQL's together, transactions are what PostgreSQL counted (each
statement is one), RSS is the platform's when the row ended. Target: 500 a second.`

export async function deliveries(): Promise<void> {
  await using postgres = await openOwnPostgres()
  await using kaimen = await openInstallation()
  const started = await kaimen.startHealthy({
    settings: {
      DATABASE_URL: postgres.url,
      KAIMEN_ADMIN_PASSWORD: password,
      KAIMEN_ALLOW_PRIVATE_CALLBACKS: 'true',
      KAIMEN_CALLBACK_LIMIT: '100000',
    },
  })
  await using client = await connect(postgres.url)
  try {
    await measure(kaimen, client, postgres.path)
  } finally {
    await started.stop()
  }
}

async function measure(kaimen: Installation, client: pg.Client, cluster: string): Promise<void> {
  await using receiver = await openReceiver()
  const desk = await openDesk(kaimen, client)
  const apps = await desk.addApps(20, receiver.url)
  const drained = drainer(kaimen, client, receiver, cluster)
  const rows = [
    await drained('10,000 to one app', () => desk.fill(apps.slice(0, 1), 10_000)),
    await drained('20,000 to 20 apps', () => desk.fill(apps, 20_000)),
  ]
  // Nobody listens there: it fails at once, and its breaker opens.
  const [dead] = await desk.addApps(1, 'http://127.0.0.1:9')
  await desk.fill([dead!], 1_000_000)
  rows.push(await drained('20,000 to 20 apps, a million waiting for a dead one', () => desk.fill(apps, 20_000)))
  await desk.drop()
  await desk.fill(apps.slice(0, 10), 1_000_000)
  rows.push(await drained('of a million to 10 apps, 20 s', async () => 0, 20_000))
  await desk.drop()
  rows.push(await pushed(kaimen, desk, receiver, client, cluster))
  const head = ['what', 'events', 's', 'a second', 'CPU of the platform, ms each', 'of PostgreSQL', 'transactions each', 'RSS, MB']
  const apart = await oneDeadAmongMany(desk)
  console.log(apart)
  const load = `Other work on the machine: load ${loadavg()[0]!.toFixed(0)} on 2 cores.`
  writeReport('deliveries', reportOf({ name: 'deliveries', title: 'Deliveries', text: `${told} ${load}\n\n${apart}`, head, rows }))
}

type Desk = Awaited<ReturnType<typeof openDesk>>

async function openDesk(kaimen: Installation, client: pg.Client) {
  const { token } = dataOf(await kaimen.manage('POST', '/openapi/user/login', { username: 'admin', password }))
  const done = async (method: string, target: string, body?: unknown) => dataOf(await kaimen.manage(method, target, body, token))
  const fields = { name: 'measured', path, method: 'POST', type: 1, serviceType: 4, version: 'v1', status: 1 }
  const { id: operationId } = await done('POST', '/openapi/interface/add', fields)
  const data = JSON.stringify({ plate: '粤B12345', filler: 'x'.repeat(160) })
  return {
    push: (body: object) => done('POST', '/openapi/event/push', { path, data: JSON.parse(data), ...body }),
    async addApps(count: number, callbackAddress: string): Promise<number[]> {
      const ids: number[] = []
      for (let number = 0; number < count; number++) {
        const { id } = await done('POST', '/openapi/app/add', { name: 'receiver' })
        await done('PUT', `/openapi/app/enable/${id}`)
        await done('PUT', `/openapi/app/config/${id}`, { interfaceIds: [operationId] })
        await done('PUT', `/openapi/app/callback/${id}`, { callbackAddress })
        ids.push(id)
      }
      return ids
    },
    /** Nothing waits any more. */
    async drop(): Promise<void> {
      await client.query('update callback set disabled_at = now()')
      // What is under way ends.
      await sleep(2_000)
      await client.query('truncate delivery, delivery_attempt, event')
      await client.query('update callback set disabled_at = null')
    },
    /** So many waiting, an event each. They become due together. */
    async fill(appIds: readonly number[], count: number): Promise<number> {
      await client.query(
        `with made as (
           insert into event (operation_id, path, data, sender_app_id, created_at) select $1, $2, $3, 0, now() from generate_series(1, $4) returning id
         )
         insert into delivery (event_id, app_id, state, due_at, attempts, tries, created_at)
         select id, ($5::integer[])[id % $6 + 1], 'waiting', now(), 0, 0, now() from made`,
        [operationId, path, data, count, appIds, appIds.length],
      )
      return count
    },
  }
}

/** Measures from the moment that the queue is there until all of it arrived, or for so long. */
function drainer(kaimen: Installation, client: pg.Client, receiver: Awaited<ReturnType<typeof openReceiver>>, cluster: string) {
  return async (what: string, fill: () => Promise<number>, forMs?: number): Promise<string[]> => {
    receiver.received.length = 0
    const count = await fill()
    const before = await costs(kaimen, client, cluster)
    // Some went out while the rest was committed; they are not measured.
    const arrivedBefore = receiver.received.length
    const startedAt = performance.now()
    if (forMs === undefined)
      await until(() => receiver.received.length >= count, msMax, () => `${receiver.received.length} of ${count}`) // biome-ignore format: one thought
    else await sleep(forMs)
    return rowOf(
      what,
      receiver.received.length - arrivedBefore,
      performance.now() - startedAt,
      before,
      await costs(kaimen, client, cluster),
    )
  }
}

/** Events that are pushed over the API, eight at a time, each to one of 20 apps. */
async function pushed(
  kaimen: Installation,
  desk: Desk,
  receiver: Awaited<ReturnType<typeof openReceiver>>,
  client: pg.Client,
  cluster: string,
): Promise<string[]> {
  const count = 1_000
  receiver.received.length = 0
  const apps = await desk.addApps(20, receiver.url)
  const before = await costs(kaimen, client, cluster)
  const startedAt = performance.now()
  let sent = 0
  const pushSome = async () => {
    while (sent < count) await desk.push({ appIds: [apps[sent++ % apps.length]!] })
  }
  await Promise.all(Array.from({ length: 8 }, pushSome))
  await until(() => receiver.received.length >= count, msMax, () => `${receiver.received.length} of ${count}`) // biome-ignore format: one thought
  return rowOf(
    '1,000 pushed over the API, eight at a time',
    count,
    performance.now() - startedAt,
    before,
    await costs(kaimen, client, cluster),
  )
}

interface Costs {
  readonly platformMs: number
  readonly postgresMs: number
  readonly transactions: number
  readonly megabytes: number
}

async function costs(kaimen: Installation, client: pg.Client, cluster: string): Promise<Costs> {
  // Backends hand in what they counted a little later.
  await sleep(1_100)
  await client.query('select pg_stat_clear_snapshot()')
  const { rows } = await client.query(
    'select xact_commit + xact_rollback as transactions from pg_stat_database where datname = current_database()',
  )
  const platform = kaimen.pidOf('platform')
  const postmaster = Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0])
  const status = readFileSync(`/proc/${platform}/status`, 'utf8')
  return {
    platformMs: cpuMs(platform),
    postgresMs: [postmaster, ...childrenOf(postmaster)].reduce((sum, pid) => sum + cpuMs(pid), 0),
    transactions: Number(rows[0].transactions),
    megabytes: Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1024,
  }
}

const childrenOf = (pid: number) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number) // biome-ignore format: one thought

/** A tick is 10 ms. Of children that ended, what they had used as well. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0)
}

function rowOf(what: string, count: number, ms: number, before: Costs, after: Costs): string[] {
  const each = (total: number) => (total / count).toFixed(2)
  const row = [
    what,
    String(count),
    (ms / 1_000).toFixed(1),
    String(Math.round((count / ms) * 1_000)),
    each(after.platformMs - before.platformMs),
    each(after.postgresMs - before.postgresMs),
    each(after.transactions - before.transactions),
    after.megabytes.toFixed(0),
  ]
  console.log(row.join(' | '))
  return row
}

const receivers = 100
const phases = 14
const phaseMs = 3_000
const everyMs = 100

/**
 * A tenth of the receivers is sent an event ten times a second; in every other phase one more receiver takes them and never answers. Other
 * work on the machine makes single events late by more than any receiver could: so each phase has its p99, and the median phase counts.
 */
async function oneDeadAmongMany(desk: Desk): Promise<string> {
  const pushedAt = new Map<string, number>()
  const latencies: number[][] = Array.from({ length: phases }, () => [])
  await using receiver = await openReceiver((response, { body }) => {
    const { phase, number } = JSON.parse(body)
    latencies[phase]!.push(performance.now() - pushedAt.get(`${phase} ${number}`)!)
    response.end()
  })
  await using silent = await openReceiver(() => {})
  const apps = await desk.addApps(receivers - 1, receiver.url)
  const [dead] = await desk.addApps(1, silent.url)
  for (let phase = 0; phase < phases; phase++) {
    const phaseEndsAt = performance.now() + phaseMs
    for (let number = 0; performance.now() < phaseEndsAt; number++) {
      pushedAt.set(`${phase} ${number}`, performance.now())
      const appIds = apps.filter((_, at) => at % 10 === number % 10)
      await desk.push({ data: { phase, number }, appIds: phase % 2 === 1 ? [...appIds, dead] : appIds })
      await sleep(everyMs)
    }
    await sleep(500)
  }
  const p99 = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)]!
  const ofPhases = (rest: number, of: (values: readonly number[]) => number) => spread(latencies.filter((_, phase) => phase % 2 === rest).map(of)).median // biome-ignore format: one thought
  const [well, ill] = [ofPhases(0, p99), ofPhases(1, p99)]
  const say = (rest: number, late: number) => `${ofPhases(rest, (values) => spread(values).median).toFixed(1)} / ${late.toFixed(1)} ms`
  return `From a push until it arrives, at 100 receivers of which ten get an event at once, ten times a second (median / p99, of the median phase of
seven): ${say(0, well)} while all answer, ${say(1, ill)} while one more takes every event and never answers; p99 is ${(ill / well).toFixed(2)} times as long
(target: 1.2).`
}
