// `npm run long -- memory`: how much all processes of `npm start` hold when they are idle, and how soon a warm start answers.
// Memory is PSS: a page that several processes share counts once, in parts.

import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { dataOf, type Found, type Installation, openInstallation, roleOf, root, until } from '../kaimen-process.ts'
import { reportOf, spread, writeReport } from './report.ts'

const idleMs = 20_000
const warmStarts = 5
const callsBefore = 20
const target = { megabytes: 350, startMs: 3_000 }
const password = 'correct horse battery'

export async function memory(): Promise<void> {
  await using kaimen = await openInstallation()
  const settings = { KAIMEN_ADMIN_PASSWORD: password }
  const first = kaimen.start({ npmIn: root, settings })
  console.log(`first start: ${Math.round(await first.healthy())} ms`)
  await exercise(kaimen)
  await sleep(idleMs)
  const rows = measure(kaimen.processes())
  await first.stop('SIGINT')
  await kaimen.gone()

  const startsMs: number[] = []
  for (let number = 1; number <= warmStarts; number++) {
    const warm = kaimen.start({ npmIn: root })
    startsMs.push(await warm.healthy())
    await warm.stop('SIGINT')
    await kaimen.gone()
  }

  const megabytes = rows.reduce((total, row) => total + row.pss, 0)
  const { min, median, max } = spread(startsMs)
  const summary = [
    `Idle, ${idleMs / 1000} s after a few calls: **${megabytes.toFixed(0)} MB** in all (target: ${target.megabytes} MB).`,
    `Warm start, from \`npm start\` until both listeners answer: **${Math.round(median)} ms** (median of ${warmStarts}; ${Math.round(min)} to`,
    `${Math.round(max)} ms; target: ${target.startMs} ms).`,
  ].join(' ')
  const head = ['process', 'PSS, MB']
  const cells = [...rows, { name: 'all together', pss: megabytes }].map(({ name, pss }) => [name, pss.toFixed(1)])
  for (const [name, pss] of cells) console.log(`${pss!.padStart(7)} MB  ${name}`)
  console.log(`\n${summary}`)
  writeReport('memory', reportOf({ name: 'memory', title: 'Memory and warm starts', text: `${summary}\n\n${told}`, head, rows: cells }))
}

const told = `PSS of every process that ${'`npm start`'} has running, npm itself included, as the kernel gives it in
${'`/proc/<pid>/smaps_rollup`'}: a page that several share counts in parts. Whoever else runs the same programs meanwhile, above all the
measurement itself, takes its part of their pages off the sum; the last row puts that back.`

async function exercise(kaimen: Installation): Promise<void> {
  const service = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1')
  await once(service, 'listening')
  const { token } = dataOf(await kaimen.manage('POST', '/openapi/user/login', { username: 'admin', password }))
  const add = async (path: string, body: object) => dataOf(await kaimen.manage('POST', path, body, token)).id
  const targets = [{ url: `http://127.0.0.1:${(service.address() as AddressInfo).port}` }]
  const serviceId = await add('/openapi/service/add', { name: 'service', targets })
  const fields = { name: 'spaces', path: '/spaces', method: 'GET', type: 0, serviceType: 4, version: 'v1', status: 1, security: 'none' }
  await add('/openapi/interface/add', { ...fields, serviceId })
  const call = () => kaimen.call({ method: 'GET', path: '/spaces', headers: {} }).then(({ status }) => status === 200)
  await until(call, 10_000, () => 'the interface does not reach the gateway')
  for (let calls = 1; calls < callsBefore; calls++) await call()
  service.close()
  service.closeAllConnections()
}

interface Row {
  readonly name: string
  /** Megabytes. */
  readonly pss: number
}

function measure(processes: readonly Found[]): Row[] {
  const rows = processes.map((found) => ({
    name: nameOf(found),
    pss: kilobytes(readFileSync(`/proc/${found.pid}/smaps_rollup`, 'utf8'), 'Pss') / 1024,
  }))
  return [...rows, { name: 'parts of these programs that others took off', pss: partsOfOthers(processes) / 1024 }]
}

function nameOf(found: Found): string {
  const role = roleOf(found)
  if (role) return role === 'postgres' ? 'PostgreSQL: postmaster' : role
  const title = found.words.join(' ').trim()
  return title.startsWith('postgres: ') ? title.replace('postgres', 'PostgreSQL') : title
}

/** What the shared pages of the programs that ours run count for those that are not ours. */
function partsOfOthers(ours: readonly Found[]): number {
  const programs = new Set(ours.map(({ pid }) => programOf(pid)))
  const others = readdirSync('/proc').map(Number).filter((pid) => pid > 0 && !ours.some((one) => one.pid === pid)) // biome-ignore format: one thought
  return others.reduce((total, pid) => {
    const program = programOf(pid)
    return program !== undefined && programs.has(program) ? total + partOf(pid, program) : total
  }, 0)
}

function partOf(pid: number, program: string): number {
  const mappings = readFileSync(`/proc/${pid}/smaps`, 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)
  const shared = mappings.filter((mapping) => mapping.split('\n')[0]!.endsWith(` ${program}`))
  const part = (mapping: string) => kilobytes(mapping, 'Pss') - kilobytes(mapping, 'Private_Clean') - kilobytes(mapping, 'Private_Dirty')
  return shared.reduce((total, mapping) => total + part(mapping), 0)
}

function programOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`)
  } catch {
    return undefined // A thread of the kernel, or it ended meanwhile.
  }
}

function kilobytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(text)?.[1] ?? 0)
}
