// `npm run long -- import`: 5,000 interfaces go in and out as files, each under ten seconds, and the platform's memory stays within bounds.

import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from '../house.ts'
import { exportFile, importFile, madeUp, type Place } from '../interchange.ts'
import { dataOf, type Installation, openInstallation } from '../kaimen-process.ts'
import { reportOf, writeReport } from './report.ts'

const password = 'correct horse battery'
const target = { seconds: 10, megabytes: 300 }

interface Exchanged {
  readonly what: string
  readonly seconds: number
  /** Of the platform's process on all cores, in seconds. */
  readonly work: number
  /** Of the file. */
  readonly megabytes: number
  /** How much more memory the platform's process held at most than before this step, and than before all of them. */
  readonly growth: number
  readonly total: number
}

export async function exchange(): Promise<void> {
  const rows = 5_000
  await using kaimen = await openInstallation()
  const played = await exchangeThrough(kaimen, rows, 1_000)
  const cells = played.map(({ what, seconds, work, megabytes, growth, total }) => [
    what,
    seconds.toFixed(1),
    work.toFixed(1),
    megabytes.toFixed(1),
    growth.toFixed(0),
    total.toFixed(0),
  ])
  for (const line of cells) console.log(line.join('  '))
  const text = `${rows} interfaces with documents and parameter schemas; a third of them published. Targets: ${target.seconds} s for an import, ${target.megabytes} MB
of growth. RSS is the peak of the platform's process as the kernel keeps it (${'`VmHWM`'}): above what it held before the step, and before
the first; what is not needed any more stays in it until V8 wants the room. Other work on the machine: load ${loadavg()[0]!.toFixed(0)} on ${cpus().length} cores.`
  writeReport(
    'import',
    reportOf({
      name: 'import',
      title: 'Interfaces as files',
      text,
      head: ['step', 's', 'CPU, s', 'file, MB', 'RSS grew by, MB', 'since the first, MB'],
      rows: cells,
    }),
  )
  for (const { what, seconds, growth } of played) {
    if (seconds > target.seconds || growth > target.megabytes) throw new Error(`${what}: ${seconds.toFixed(1)} s, ${growth.toFixed(0)} MB`)
  }
}

/** In as JSON, out as JSON and as a workbook, in again unchanged, changed throughout, and anew after all were deleted. */
async function exchangeThrough(kaimen: Installation, rows: number, pauseMs: number): Promise<Exchanged[]> {
  await kaimen.startHealthy({ settings: { KAIMEN_ADMIN_PASSWORD: password } })
  const { token } = dataOf(await kaimen.manage('POST', '/openapi/user/login', { username: 'admin', password }))
  const service = { name: 'service', targets: [{ url: 'http://127.0.0.1:1' }] }
  dataOf(await kaimen.manage('POST', '/openapi/service/add', service, token))
  const place: Place = { platformUrl: kaimen.platformUrl, admin: token }
  const platform = kaimen.pidOf('platform')
  const memory = memoryOf(platform)
  const played: Exchanged[] = []
  async function step<One extends Answer>(what: string, bytes: (answer: One) => number, work: () => Promise<One>): Promise<One> {
    const peak = memory.watch()
    const workBefore = workOf(platform)
    const begunAt = performance.now()
    const answer = await work()
    const seconds = (performance.now() - begunAt) / 1000
    const worked = workOf(platform) - workBefore
    if (answer.status !== 200) throw new Error(`${what}: ${answer.status} ${answer.text.slice(0, 2_000)}`)
    played.push({ what, seconds, work: worked, megabytes: bytes(answer) / 2 ** 20, ...peak() })
    // Between two files somebody looks at the first.
    await sleep(pauseMs)
    return answer
  }
  const take = (what: string, file: Uint8Array | string, query = '') => step(what, () => file.length, () => importFile(place, file, { query })) // biome-ignore format: one thought
  const give = (what: string, query: string) => step(what, ({ bytes }) => bytes.length, () => exportFile(place, query)) // biome-ignore format: one thought

  const records = Array.from({ length: rows }, (_, number) => madeUp(number, livelyOf(number)))
  await take('import of JSON, all new', JSON.stringify(records))
  const json = await give('export as JSON', '')
  const workbook = await give('export as a workbook', '?format=xlsx')
  await give('export as OpenAPI', '?format=openapi')
  await take('import of the workbook, nothing changed', workbook.bytes)
  const again = await exportFile(place)
  if (again.text !== json.text) throw new Error('the workbook changed something')
  await take('import of JSON, all changed', JSON.stringify(records.map((record) => ({ ...record, remark: 'changed' }))))
  const ids = json.json.data.map(({ id }: { id: number }) => id) as number[]
  for (let at = 0; at < ids.length; at += 1_000) {
    dataOf(await kaimen.manage('DELETE', `/openapi/interface?ids=${ids.slice(at, at + 1_000).join(',')}`, undefined, token))
  }
  await take('dry run of the workbook, all new', workbook.bytes, '?dryRun=true')
  await take('import of the workbook, all new', workbook.bytes)
  const { total } = dataOf(await kaimen.manage('GET', '/openapi/interface/page?size=1', undefined, token))
  if (total !== rows) throw new Error(`${total} interfaces are there, not ${rows}`)
  return played
}

const doc = `# Interface\n\n${'What it is for, and an example of it. 接口说明与示例。\n'.repeat(20)}`
const livelyOf = (number: number) => ({
  doc: `${doc}${number}`,
  serviceName: 'service',
  ...(number % 3 === 1 && number % 11 !== 0 ? { status: 1 } : {}),
})

/** Of all its threads: hundredths of a second, as the kernel counts. */
function workOf(pid: number): number {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ').slice(11, 13).map(Number)
  return (user! + system!) / 100
}

function memoryOf(pid: number) {
  const megabytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
  const first = megabytes('VmRSS')
  return {
    /** Begins the peak anew. */
    watch() {
      writeFileSync(`/proc/${pid}/clear_refs`, '5')
      const before = megabytes('VmRSS')
      return () => ({ growth: megabytes('VmHWM') - before, total: megabytes('VmHWM') - first })
    },
  }
}
