// `npm test`: everything. First the checks that need nothing, then all tests, some files at a time, on a PostgreSQL of their own.
// Files or patterns as arguments run only those. TEST_DATABASE_URL names another server to test on, TEST_BROWSER another Chromium.

import { spawn, spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { installChromium } from './chromium.ts'
import { prepareServer } from './database.ts'
import { openOwnPostgres } from './own-postgres.ts'

/** More than the two cores that are promised, because tests wait a good part of their time. */
const filesAtOnce = 4
/** Only what hangs takes as long, also on a machine that is twenty times as slow. */
const hangsMs = 600_000
const root = join(import.meta.dirname, '..')
process.chdir(root)

const asked = process.argv.slice(2)
if (asked.length === 0) {
  const checked = spawnSync(process.execPath, ['test/check.ts'], { stdio: 'inherit' })
  if (checked.status !== 0) process.exit(checked.status ?? 1)
}

// What takes long begins first: the console and journeys, then rules, so that none of the long ones is waited for alone.
const files =
  asked.length > 0
    ? asked.flatMap((pattern) => globSync(pattern))
    : ['test/**/*.test.ts', 'src/**/*.test.ts', 'bin/*.test.ts'].flatMap((pattern) => globSync(pattern).sort())
const wantBrowser = files.filter((file) => readFileSync(file, 'utf8').includes('/browser.ts'))
if (wantBrowser.length > 0 || files.some((file) => file.startsWith('test/console/'))) {
  const built = spawnSync(process.execPath, ['bin/console.mjs'], { stdio: 'inherit' })
  if (built.status !== 0) process.exit(built.status ?? 1)
}
const noBrowser = wantBrowser.length > 0 ? installChromium() : undefined
if (noBrowser) console.log(`${noBrowser}. What needs a browser is skipped in ${wantBrowser.join(', ')}.`)
const given = process.env.TEST_DATABASE_URL
const postgres = given ? undefined : await openOwnPostgres()
if (postgres) await prepareServer(postgres.url)

const cache = join(root, 'node_modules/.cache/kaimen')
const env = { NODE_COMPILE_CACHE: cache, ...process.env, TEST_DATABASE_URL: given ?? postgres?.url, NODE_ENV: 'test' }
const tests = spawn(process.execPath, ['--test', `--test-concurrency=${filesAtOnce}`, `--test-timeout=${hangsMs}`, ...files], {
  stdio: 'inherit',
  env,
})
const code = await new Promise<number>((resolve) => tests.on('exit', (status) => resolve(status ?? 1)))

await postgres?.[Symbol.asyncDispose]()
process.exit(code)
