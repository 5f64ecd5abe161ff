import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import type { Words } from '#lib/start-error.ts'
import { openDataDir } from './data-dir.ts'
import { type EmbeddedPostgres, openPostgres } from './embedded-postgres.ts'

test('a first start makes a database that sorts by bytes, knows Chinese letters, and is reached over the socket only', async (t) => {
  const house = openHouse(t, '库 with spaces, "quotes" and 中文')
  const postgres = await house.open()
  const [row] = await ask(
    postgres.url,
    `select current_user, current_database(), current_setting('listen_addresses') as addresses, current_setting('fsync') as fsync,
      upper('é') as upper, to_tsvector('simple', '开放 平台')::text as words, datlocprovider::text || ':' || datlocale as locale
      from pg_database where datname = current_database()`,
  )
  assert.deepEqual(row, {
    current_user: 'kaimen',
    current_database: 'kaimen',
    addresses: '',
    fsync: 'on',
    upper: 'É',
    words: `'平台':2 '开放':1`,
    locale: 'b:C.UTF-8',
  })
  assert.equal(statSync(join(house.runDir, 'pg')).mode & 0o777, 0o700)
  await postgres.stop()
  assert.deepEqual(await postgres.exited, { code: 0, signal: null })
})

test('what was committed is there after a stop and a start, and after kill -9 of the postmaster', async (t) => {
  const house = openHouse(t)
  const first = await house.open()
  await ask(first.url, 'create table kept (n int)')
  await first.stop()
  const second = await house.open()
  await ask(second.url, 'insert into kept values (1), (2)')
  process.kill(second.pid, 'SIGKILL')
  assert.deepEqual(await second.exited, { code: null, signal: 'SIGKILL' })
  const third = await house.open()
  assert.deepEqual(await ask(third.url, 'select n from kept'), [{ n: 1 }, { n: 2 }])
  await third.stop()
})

test('after kill -9 of Kaimen alone the next start ends the postmaster it left, says so, and goes on with the data', async (t) => {
  const house = openHouse(t)
  const other = await house.openInAnotherProcess()
  await ask(other.url, 'create table kept (n int); insert into kept values (7)')
  other.kill()
  await other.gone
  const postgres = await house.open()
  assert.notEqual(postgres.pid, other.postgresPid)
  assert.match(house.said.join('\n'), new RegExp(`Ending the database process ${other.postgresPid} `))
  assert.deepEqual(await ask(postgres.url, 'select n from kept'), [{ n: 7 }])
  await postgres.stop()
})

test('while it runs, a second start on the same data dir is refused and harms nothing', async (t) => {
  const house = openHouse(t)
  const postgres = await house.open()
  await assert.rejects(house.open(), { name: 'StartError', message: new RegExp(`in use by another Kaimen \\(process ${process.pid}\\)`) })
  assert.equal((await ask(postgres.url, 'select 1 as one')).length, 1)
  await postgres.stop()
})

test('of two first starts at once one wins and the other is refused by name', async (t) => {
  const house = openHouse(t)
  const outcomes = await Promise.allSettled([house.open(), house.open()])
  const won = outcomes.filter((outcome) => outcome.status === 'fulfilled')
  const lost = outcomes.filter((outcome) => outcome.status === 'rejected')
  assert.equal(won.length, 1)
  assert.equal(lost[0]?.reason.name, 'StartError')
  await won[0]!.value.stop()
})

test('what an initdb that was killed midway left is never taken for a database, and is removed', async (t) => {
  const house = openHouse(t)
  const half = join(house.dataDir, 'postgres.new-Xy12Z3')
  mkdirSync(half)
  writeFileSync(join(half, 'PG_VERSION'), '18\n')
  const postgres = await house.open()
  assert.equal(existsSync(half), false)
  assert.deepEqual(readdirSync(house.dataDir).sort(), ['log', 'postgres'])
  await postgres.stop()
})

test('a stale pid file that names a living stranger does not stop a start', async (t) => {
  const house = openHouse(t)
  const first = await house.open()
  await first.stop()
  writeFileSync(join(house.dataDir, 'postgres', 'postmaster.pid'), `${process.pid}\n${house.dataDir}/postgres\n`)
  const second = await house.open()
  await second.stop()
})

const refusals: [string, (dataDir: string) => void, RegExp][] = [
  [
    'data of another major version',
    (dataDir) => {
      mkdirSync(join(dataDir, 'postgres'))
      writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '17\n')
    },
    /was written by PostgreSQL 17; this Kaimen comes with PostgreSQL 18/,
  ],
  [
    'a directory of something else',
    (dataDir) => {
      mkdirSync(join(dataDir, 'postgres'))
      writeFileSync(join(dataDir, 'postgres', 'letter.txt'), 'dear')
    },
    /is no PostgreSQL database/,
  ],
  ['a link to a database that is gone', (dataDir) => symlinkSync('/nowhere/postgres', join(dataDir, 'postgres')), /is gone\. Restore it/],
]
for (const [what, prepare, message] of refusals) {
  test(`${what} is refused by name and left alone`, async (t) => {
    const house = openHouse(t)
    prepare(house.dataDir)
    const before = readdirSync(house.dataDir)
    await assert.rejects(house.open(), { name: 'StartError', message })
    assert.deepEqual(readdirSync(house.dataDir), before)
  })
}

test('a server that cannot start says why in the words of its log', async (t) => {
  const house = openHouse(t)
  const first = await house.open()
  await first.stop()
  rmSync(join(house.dataDir, 'postgres', 'global', 'pg_control'))
  await assert.rejects(house.open(), { name: 'StartError', message: /could not find the database system|pg_control[\s\S]*postgres\.log/ })
})

test('a log that grew is cut at the next start and one older piece is kept', async (t) => {
  const house = openHouse(t)
  mkdirSync(join(house.dataDir, 'log'))
  const log = join(house.dataDir, 'log', 'postgres.log')
  writeFileSync(log, 'x'.repeat(9 * 1024 * 1024))
  const postgres = await house.open()
  await postgres.stop()
  assert.equal(statSync(`${log}.1`).size, 9 * 1024 * 1024)
  assert.match(readFileSync(log, 'utf8').slice(0, 2000), /starting PostgreSQL 18/)
})

const asRoot = { skip: process.getuid?.() !== 0 && 'only root lends PostgreSQL a user' }

test('started by root without a user postgres, it runs as nobody', asRoot, async (t) => {
  const house = openHouse(t)
  const postgres = await house.open(['nobody'])
  assert.notEqual(statSync(join(house.dataDir, 'postgres')).uid, 0)
  assert.equal((await ask(postgres.url, 'select 1 as one')).length, 1)
  await postgres.stop()
  // Whoever is there later, the cluster stays with its owner.
  const again = await house.open()
  await again.stop()
})

test('started by root with no user to lend, it is refused by name', asRoot, async (t) => {
  await assert.rejects(openHouse(t).open(['nobody-of-this-name']), { name: 'StartError', message: /none of nobody-of-this-name/ })
})

test('started by root with a data dir that only root can enter, the database is elsewhere and linked', asRoot, async (t) => {
  const house = openHouse(t, 'closed', 0o700)
  const postgres = await house.open()
  assert.match(house.said.join('\n'), /cannot enter .*closed: the database is at \/var\/lib\/kaimen\//)
  await postgres.stop()
  house.said.length = 0
  const again = await house.open()
  assert.deepEqual(house.said, [])
  await again.stop()
})

type Cleaner = { after(fn: () => unknown): void }

/** A data dir of its own in the temporary directory, cleaned up with everything that it caused elsewhere. */
function openHouse(t: Cleaner, name = 'data', mode?: number) {
  const base = mkdtempSync('/tmp/kaimen-test-')
  chmodSync(base, 0o711)
  const wanted = join(base, name)
  if (mode !== undefined) mkdirSync(wanted, { mode })
  const { path: dataDir, runDir } = openDataDir(wanted)
  const said: string[] = []
  const say = (line: Words) => {
    said.push(line.en)
  }
  const opened: EmbeddedPostgres[] = []
  const open = async (users?: string[]) => {
    const postgres = await openPostgres({ dataDir, runDir, say, ...(users && { users }) })
    opened.push(postgres)
    return postgres
  }
  t.after(async () => {
    for (const postgres of opened) await postgres.stop()
    const cluster = join(dataDir, 'postgres')
    const isElsewhere = lstatSync(cluster, { throwIfNoEntry: false })?.isSymbolicLink() && existsSync(cluster)
    if (isElsewhere) rmSync(dirname(realpathSync(cluster)), { recursive: true, force: true })
    rmSync(base, { recursive: true, force: true })
    rmSync(runDir, { recursive: true, force: true })
  })
  return { dataDir, runDir, said, open, openInAnotherProcess: () => openInAnotherProcess(dataDir, runDir, base) }
}

async function openInAnotherProcess(dataDir: string, runDir: string, base: string) {
  const script = join(base, 'holder.ts')
  writeFileSync(
    script,
    `import { openPostgres } from ${JSON.stringify(join(import.meta.dirname, 'embedded-postgres.ts'))}
    const postgres = await openPostgres({ dataDir: process.argv[2], runDir: process.argv[3], say() {} })
    process.send({ url: postgres.url, pid: postgres.pid })`,
  )
  const child = spawn(process.execPath, [script, dataDir, runDir], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const gone = once(child, 'exit')
  const [{ url, pid }] = (await once(child, 'message')) as [{ url: string; pid: number }]
  return { url, postgresPid: pid, kill: () => child.kill('SIGKILL'), gone }
}

async function ask(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {}) // The server is killed under some of them.
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
