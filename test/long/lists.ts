// How long PostgreSQL works for each list of the management API, for each of its filters, where there is much of everything.

import { openHouse } from '../house.ts'
import { type Amounts, ask, fill, questions } from '../lists.ts'
import { openOwnPostgres } from '../own-postgres.ts'
import { reportOf, writeReport } from './report.ts'

const times = 5
const markMs = 50

/** `npm run long -- lists 1000` fills a hundredth and writes no page: to see that it works. */
const people = Number(process.argv[3] ?? 100_000)
const amounts: Amounts = { people, interfaces: people / 10, calls: people * 100, audits: people * 10 }

export async function lists(): Promise<void> {
  await using postgres = await openOwnPostgres()
  process.env.TEST_DATABASE_URL = postgres.url
  const rows = await measure()
  const slow = rows.filter(({ ms }) => ms >= markMs)
  const head = ['list', 'filter', 'rows that match', 'rows read', 'ms', 'of these the dearest statement']
  const cells = rows.map((row) => [row.path, row.query || '–', row.total, row.rowsRead, row.ms.toFixed(1), row.dearest.toFixed(1)])
  const page = reportOf({ name: 'lists', title: 'Lists over many rows', text: told(slow.length, rows.length), head, rows: cells })
  if (people >= 100_000) writeReport('lists', page)
  else console.log(page)
}

async function measure() {
  await using house = await openHouse()
  await house.done('POST', '/openapi/user/register', { username: 'developer', password: 'a long password' }, '')
  const begun = performance.now()
  await fill(house.databaseUrl, amounts)
  console.log(`filled in ${Math.round((performance.now() - begun) / 1000)} s`)
  const developer = await house.login('developer', 'a long password')
  const rows = []
  for (const question of questions(amounts, new Date())) {
    const { answer, plans } = await ask(house, question, question.isDeveloper ? developer : house.admin, times)
    const row = {
      path: question.isDeveloper ? `${question.path}, a developer` : question.path,
      query: question.query,
      total: answer.total?.toLocaleString('en') ?? '–',
      rowsRead: Math.round(plans.reduce((sum, plan) => sum + plan.rowsRead, 0)).toLocaleString('en'),
      ms: plans.reduce((sum, { ms }) => sum + ms, 0),
      dearest: Math.max(...plans.map(({ ms }) => ms)),
    }
    console.log(`${row.ms.toFixed(1).padStart(8)} ms  ${row.path}  ${row.query}`)
    rows.push(row)
  }
  return rows
}

const number = (value: number) => value.toLocaleString('en')

function told(slow: number, all: number): string {
  return `${number(amounts.people)} users, apps, projects and requests each, ${number(amounts.interfaces)} interfaces, ${number(amounts.calls)} calls of 14 days, ${number(amounts.audits)}
changes of 60 days. Each request is made over HTTP; every statement that it takes is then explained \`ANALYZE\`d with its own values, and what stands
here is planning and execution of all of them together (who is asking is one of them), each the best of ${times}. The mark is ${markMs} ms: ${slow} of ${all} are above it.
An audit searched by text reads the range that it has to name, which is why there has to be one. Totals are exact, so what nearly every row has is
looked for in nearly every row: there, for all apps (whose owners have to live), and for an audit's text in a whole day, the mark is 200 ms.`
}
