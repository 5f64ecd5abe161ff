import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

// A stand-in for npm: what it is asked, it writes down; then it makes what npm ci would make, in the time it is given.
const npm = `import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
const vite = 'require("node:fs").mkdirSync(process.argv[process.argv.indexOf("--outDir") + 1]); require("node:fs").appendFileSync("built", "built\\\\n")'
appendFileSync('asked', process.pid + ' ' + process.argv.slice(2).join(' ') + '\\n')
rmSync('node_modules', { recursive: true, force: true })
await new Promise((done) => setTimeout(done, Number(process.env.NPM_MS ?? 0)))
if (process.env.NPM_FAILS) { console.error('npm error network'); process.exit(1) }
mkdirSync('node_modules/.bin', { recursive: true })
mkdirSync('node_modules/vite/bin', { recursive: true })
writeFileSync('node_modules/vite/bin/vite.js', process.env.VITE_FAILS ? 'console.error("vite error"); process.exit(1)' : vite)
const ways = (path) => ({ import: { default: path + '.js' }, require: { default: path + '.cjs' } })
const described = { exports: { '.': ways('./index'), './sql': ways('./sql/index'), './entity': ways('./entity') } }
mkdirSync('node_modules/drizzle-orm/sql', { recursive: true })
writeFileSync('node_modules/drizzle-orm/package.json', JSON.stringify(described))
for (const file of ['index.cjs', 'sql/index.cjs', 'entity.cjs']) writeFileSync('node_modules/drizzle-orm/' + file, '')
if (!process.env.NPM_BRINGS_NO_NODE) symlinkSync(process.env.REAL_NODE, 'node_modules/.bin/node')
appendFileSync('asked', process.pid + ' done\\n')
`

test('a first run installs, without scripts, and says so in both languages; a second has nothing to do and is quick', async (t) => {
  const clone = openClone(t)
  const first = await clone.prepare()
  assert.equal(first.code, 0)
  assert.match(first.said, /Installing dependencies.*\n正在安装依赖/)
  assert.match(clone.asked()[0]!, / ci --ignore-scripts --no-audit --no-fund /)
  assert.deepEqual(await clone.prepare(), { code: 0, said: '' })
  assert.equal(clone.installs(), 1)
})

test('the entry points of drizzle-orm are described shortly, and are all there', async (t) => {
  const clone = openClone(t)
  await clone.prepare()
  const drizzle = join(clone.path, 'node_modules', 'drizzle-orm')
  const { exports } = JSON.parse(readFileSync(join(drizzle, 'package.json'), 'utf8'))
  assert.deepEqual(Object.keys(exports), ['.', './sql', './*'])
  const { resolve } = createRequire(join(clone.path, 'any.js'))
  const found = ['drizzle-orm', 'drizzle-orm/sql', 'drizzle-orm/entity'].map((name) => relative(realpathSync(drizzle), resolve(name)))
  assert.deepEqual(found, ['index.cjs', 'sql/index.cjs', 'entity.cjs'])
})

test('a changed lockfile, and a node_modules that was removed, are installed again', async (t) => {
  const clone = openClone(t)
  await clone.prepare()
  writeFileSync(join(clone.path, 'package-lock.json'), '{ "lockfileVersion": 3 }')
  await clone.prepare()
  assert.equal(clone.installs(), 2)
  rmSync(join(clone.path, 'node_modules'), { recursive: true })
  await clone.prepare()
  assert.equal(clone.installs(), 3)
})

test('the console is built once, again when a source or the lockfile changed, and a build that fails is shown and does not count', async (t) => {
  const clone = openClone(t)
  assert.match((await clone.prepare()).said, /Building the console.*\n正在构建控制台/)
  assert.deepEqual(await clone.prepare(), { code: 0, said: '' })
  assert.equal(clone.builds(), 1)
  writeFileSync(join(clone.path, 'console', 'main.tsx'), 'other')
  await clone.prepare()
  assert.equal(clone.builds(), 2)
  writeFileSync(join(clone.path, 'package-lock.json'), '{ "lockfileVersion": 3 }')
  const failed = await clone.prepare({ VITE_FAILS: '1' })
  assert.equal(failed.code, 1)
  assert.match(failed.said, /vite error[\s\S]*Building the console failed/)
  assert.equal((await clone.prepare()).code, 1)
})

test('of two at once one installs and the other waits for it', async (t) => {
  const clone = openClone(t)
  const [a, b] = await Promise.all([clone.prepare({ NPM_MS: '300' }), clone.prepare({ NPM_MS: '300' })])
  assert.deepEqual([a.code, b.code], [0, 0])
  assert.match(a.said + b.said, /Another process is installing or building.*\n另一个进程正在安装/)
  assert.equal(clone.installs(), 1)
})

test('an install that was killed is done again, after the npm that it left behind has ended', async (t) => {
  const clone = openClone(t)
  const killed = clone.start({ NPM_MS: '500' })
  while (clone.asked().length === 0) await pause(5)
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  assert.equal((await clone.prepare()).code, 0)
  const [first, firstDone, second] = clone.asked().map((line) => line.split(' '))
  assert.equal(firstDone?.[0], first?.[0])
  assert.notEqual(second?.[0], first?.[0])
})

test('an npm that fails is shown with its own words and a cure, and nothing counts as installed', async (t) => {
  const clone = openClone(t)
  const failed = await clone.prepare({ NPM_FAILS: '1' })
  assert.equal(failed.code, 1)
  assert.match(failed.said, /npm error network[\s\S]*run the same command again\.\n安装依赖失败|npm error network[\s\S]*安装依赖失败/)
  assert.equal((await clone.prepare()).code, 0)
  assert.equal(clone.installs(), 2)
})

test('where no package brings a Node, the running one serves', async (t) => {
  const clone = openClone(t)
  assert.equal((await clone.prepare({ NPM_BRINGS_NO_NODE: '1' })).code, 0)
  assert.ok(existsSync(join(clone.path, 'node_modules', '.bin', 'node')))
})

test('without npm the cure is said', async (t) => {
  const clone = openClone(t)
  const failed = await clone.prepare({ npm_execpath: '', PATH: '/nowhere' })
  assert.equal(failed.code, 1)
  assert.match(failed.said, /npm: spawn npm ENOENT[\s\S]*Installing dependencies failed/)
})

/** A clone with nothing but what prepare looks at, in a path with spaces and Chinese characters. */
function openClone(t: { after(fn: () => unknown): void }) {
  const base = mkdtempSync(join(tmpdir(), 'kaimen-test-'))
  t.after(() => rmSync(base, { recursive: true, force: true }))
  const path = join(base, '开门 clone')
  mkdirSync(join(path, 'bin'), { recursive: true })
  for (const folder of ['console', 'src/schemes', 'src/text', 'examples']) mkdirSync(join(path, folder), { recursive: true })
  for (const name of ['prepare.mjs', 'console.mjs']) copyFileSync(join(import.meta.dirname, name), join(path, 'bin', name))
  writeFileSync(join(path, 'console', 'main.tsx'), 'source')
  writeFileSync(join(path, 'package-lock.json'), '{}')
  writeFileSync(join(path, 'npm-cli.mjs'), npm)
  const start = (env: NodeJS.ProcessEnv = {}) =>
    spawn(process.execPath, [join(path, 'bin', 'prepare.mjs')], {
      env: { PATH: process.env.PATH, npm_execpath: join(path, 'npm-cli.mjs'), REAL_NODE: process.execPath, ...env },
    })
  const prepare = async (env: NodeJS.ProcessEnv = {}) => {
    const child = start(env)
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        said += chunk
      })
    }
    const [code] = (await once(child, 'close')) as [number]
    return { code, said }
  }
  const asked = () => (existsSync(join(path, 'asked')) ? readFileSync(join(path, 'asked'), 'utf8').trim().split('\n') : [])
  const installs = () => asked().filter((line) => line.includes(' ci ')).length
  const builds = () => readFileSync(join(path, 'built'), 'utf8').trim().split('\n').length
  return { path, start, prepare, asked, installs, builds }
}
