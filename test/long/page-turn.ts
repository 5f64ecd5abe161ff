// How long a person waits for the next page of a long list: from the click until its rows are painted, in the console in a real Chromium.

import { setTimeout as sleep } from 'node:timers/promises'
import { closeBrowser, openConsole, type Page } from '../console/console.ts'
import { adminPassword, openHouse } from '../house.ts'
import { fill } from '../lists.ts'
import { openOwnPostgres } from '../own-postgres.ts'
import { reportOf, spread, writeReport } from './report.ts'

const rows = 100_000
const turns = 20
const markMs = 300
/** As a person reads: nothing of the turn before is left to do. */
const pauseMs = 200

export async function pageTurn(): Promise<void> {
  await using postgres = await openOwnPostgres()
  process.env.TEST_DATABASE_URL = postgres.url
  await using house = await openHouse()
  await house.done('POST', '/openapi/user/register', { username: 'developer', password: 'a long password' }, '')
  await fill(house.databaseUrl, { people: rows, interfaces: rows / 10, calls: rows, audits: rows })
  await using browser = await openConsole(house)
  const page = await browser.signedIn({ username: 'admin', password: adminPassword }, '/users', { language: 'en' })

  const measured = []
  for (const [list, path] of Object.entries(lists)) {
    const ms = await turned(page, path)
    const { min, median, max } = spread(ms)
    const slow = ms.filter((each) => each > markMs).length
    console.log(`${list.padEnd(32)} ${median.toFixed(0).padStart(6)} ms (${min.toFixed(0)} to ${max.toFixed(0)})`)
    measured.push([list, median.toFixed(0), min.toFixed(0), max.toFixed(0), String(slow)])
  }
  await closeBrowser()
  const head = ['list', 'median, ms', 'fastest', 'slowest', `of ${turns} above ${markMs} ms`]
  writeReport('page-turn', reportOf({ name: 'page-turn', title: 'Turning the page', text: told, head, rows: measured }))
}

/** Each with where it begins. */
const lists = {
  users: '/users',
  'users, in the middle': `/users?current=${rows / 40}`,
  'users, sorted by name': '/users?sort=username',
  'users, 100 a page': '/users?size=100',
  apps: '/apps',
  'apps, sorted by name': '/apps?sort=name',
  projects: '/projects',
  requests: '/requests',
  'audit log': '/audit',
  'call log, of a month': '/calls?range=month',
}

const told = `${rows.toLocaleString('en')} users, apps, projects, requests, calls and changes. A click on “next page”, until the rows of that page have been painted: by the
browser's own clock, in Chromium on the machine that the platform and PostgreSQL run on too. The promise is ${markMs} ms.`

async function turned(page: Page, path: string): Promise<number[]> {
  await page.goto(path)
  await page.locator('tbody tr[data-row-key]').first().waitFor()
  const ms = []
  for (let turn = 0; turn < turns; turn++) {
    await sleep(pauseMs)
    ms.push((await page.evaluate(turnOnce)) as number)
  }
  return ms
}

/** In the page: clicks, and waits until other rows stand there and a frame with them was made. */
const turnOnce = `new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error('no other page came')), 10_000)
  const key = () => document.querySelector('tbody tr[data-row-key]')?.dataset.rowKey
  const before = key()
  const begun = performance.now()
  const look = () => {
    const now = key()
    if (now === undefined || now === before) requestAnimationFrame(look)
    else requestAnimationFrame(() => resolve(performance.now() - begun))
  }
  document.querySelector('.ant-pagination-next button').click()
  requestAnimationFrame(look)
})`
