// `npm run long -- purge`: as much that OAuth remembers has ended as months of a busy day leave when no sweep came, and the sweep's own batches
// take it away while apps go on asking for tokens.

import { setTimeout as sleep } from 'node:timers/promises'
import { forgetEndedArtifacts } from '#core/oauth/artifact.store.ts'
import { type Db, openDatabase } from '#db/open.ts'
import { connect } from '../database.ts'
import { type House, openHouse, type TestApp } from '../house.ts'
import { newClient, postForm } from '../oauth.ts'
import { openOwnPostgres } from '../own-postgres.ts'
import { reportOf, spread, writeReport } from './report.ts'

const rowsMax = 10_000_000
const rowsAtOnce = 200_000
const fillMsMax = 50_000
const purgeMsMax = 90_000
const aloneMs = 15_000
const callers = 4
const pauseMs = 40
const parts = 10

export async function purge(): Promise<void> {
  await using postgres = await openOwnPostgres()
  process.env.TEST_DATABASE_URL = postgres.url
  await using house = await openHouse()
  const database = await openDatabase(house.databaseUrl, { error: () => {} })
  await measure(house, database.db).finally(() => database.close())
}

async function measure(house: House, db: Db): Promise<void> {
  const app = await newClient(house)
  const rows = await fill(house.databaseUrl)
  // What the callers get lives for an hour.
  const beyond = new Date(Date.now() + 45 * 60_000)
  console.log(`${rows.toLocaleString('en')} rows have ended`)

  const requests = askOn(house, app)
  await sleep(aloneMs)
  const alone = requests.take()
  const batches: { readonly ms: number; readonly rows: number }[] = []
  const table = [['none', '–', '–', '–', ...latencyOf(alone)]]
  const partRows = Math.ceil(rows / parts)
  let done = 0
  let part: number[] = []
  function endPart(): void {
    const { median, max } = spread(part)
    table.push([done.toLocaleString('en'), String(part.length), median.toFixed(0), max.toFixed(0), ...latencyOf(requests.take())])
    console.log(table.at(-1)!.join('  '))
    part = []
  }
  const giveUpAt = performance.now() + purgeMsMax
  while (performance.now() < giveUpAt) {
    const began = performance.now()
    const forgotten = await forgetEndedArtifacts(db, beyond)
    if (forgotten > 0) {
      const ms = performance.now() - began
      batches.push({ ms, rows: forgotten })
      part.push(ms)
    }
    const before = done
    done += forgotten
    if (Math.floor(before / partRows) < Math.floor(done / partRows)) endPart()
    if (forgotten === 0) break
  }
  if (part.length > 0) endPart()
  await requests.stop()
  const head = ['rows purged so far', 'batches', 'batch, median ms', 'batch, max ms', 'requests', 'p50, ms', 'p99, ms']
  const seconds = batches.reduce((sum, { ms }) => sum + ms, 0) / 1_000
  const text = `${told(rows)}\n\n${done.toLocaleString('en')} rows were purged in ${batches.length.toLocaleString('en')} batches and ${seconds.toFixed(0)} s.`
  writeReport('purge', reportOf({ name: 'purge', title: 'A purge amid token requests', text, head, rows: table }))
}

const told = (
  rows: number,
) => `The table \`oauth_artifact\` holds ${rows.toLocaleString('en')} access tokens that have ended (${rowsMax.toLocaleString('en')}, or what could be written in 50 s). The
first row is ${aloneMs / 1_000} s without a purge; then the sweep's own statement takes them away, batch after batch, without the pauses that it makes
in the product (20 s of each minute at most). All the while ${callers} callers ask for tokens (\`client_credentials\`), each again ${pauseMs} ms after
its answer. The tokens end in half an hour and the purge looks from beyond
that, so that the platform's own sweep, which is as fast, leaves them to be measured. Platform, callers, purge and PostgreSQL share the machine,
the first three one process.`

/** In pieces, until it is enough or the time is over; answers how many there are. */
async function fill(url: string): Promise<number> {
  await using client = await connect(url)
  const giveUpAt = performance.now() + fillMsMax
  let rows = 0
  while (rows < rowsMax && performance.now() < giveUpAt) {
    await client.query(
      `insert into oauth_artifact (kind, digest, payload, grant_id, expires_at)
       select 'AccessToken', 'ended ' || n, jsonb_build_object('clientId', 'app', 'scope', 'openid profile', 'n', n), 'grant ' || n / 10, now() + interval '30 minutes'
       from generate_series($1::integer, $2::integer) n`,
      [rows, rows + rowsAtOnce - 1],
    )
    rows += rowsAtOnce
  }
  await client.query('vacuum analyze oauth_artifact')
  return rows
}

/** Asks for tokens until it is stopped; `take` answers the milliseconds of those since it was called last. */
function askOn(house: House, app: TestApp) {
  let isOver = false
  let taken: number[] = []
  async function ask(): Promise<void> {
    while (!isOver) {
      const began = performance.now()
      const { status, text } = await postForm(house.platformUrl, '/oauth/token', { grant_type: 'client_credentials' }, app)
      if (status !== 200) throw new Error(`${status} ${text}`)
      taken.push(performance.now() - began)
      await sleep(pauseMs)
    }
  }
  const asking = Promise.all(Array.from({ length: callers }, ask))
  return {
    take() {
      const those = taken
      taken = []
      return those
    },
    async stop() {
      isOver = true
      await asking
    },
  }
}

function latencyOf(all: readonly number[]): string[] {
  const sorted = all.toSorted((a, b) => a - b)
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(0)
  return [all.length.toLocaleString('en'), at(0.5), at(0.99)]
}
