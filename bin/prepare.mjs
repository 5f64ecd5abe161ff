// Makes node_modules what package-lock.json says, node_modules/.bin/node a Node that runs our TypeScript as it is, and console/dist the
// console. Every npm script calls it first, on whatever Node the machine has (20 or later); when nothing is to do it costs some hashes.

import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildConsole, isConsoleBuilt, sayBuilding } from './console.mjs'

const nodeMajorMin = 24
const root = realpathSync(dirname(dirname(fileURLToPath(import.meta.url))))
const node = join(root, 'node_modules', '.bin', 'node')
const marker = join(root, 'node_modules', '.kaimen-installed')

if (!isPrepared() || !isConsoleBuilt()) {
  const lock = await takeLock()
  // Whoever held the lock before us may have done the work.
  if (!isPrepared()) await prepare(lock)
  if (!isConsoleBuilt()) prepareConsole()
  lock.close()
}

function isPrepared() {
  return existsSync(node) && existsSync(marker) && readFileSync(marker, 'utf8') === wanted()
}

// Platform and architecture too: a repository may be shared with a container or copied to another machine.
function wanted() {
  const lockfile = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  return `${lockfile} ${process.platform}-${process.arch}\n`
}

// The marker is written last, so that an install that was killed is done again.
async function prepare(lock) {
  const written = wanted()
  rmSync(marker, { force: true })
  say('正在安装依赖，首次需要一点时间……', 'Installing dependencies; this takes a moment the first time …')
  await npmCi(lock)
  lightenDrizzle()
  provideNode()
  compileAhead()
  writeFileSync(marker, written)
}

// Dev dependencies come too, whatever NODE_ENV says, because one marker stands for all; install scripts never run. Node 20 installs
// packages that ask for a later one, which is expected and no reason for warnings: they run on the Node that comes with them.
async function npmCi(lock) {
  const wishes = ['--ignore-scripts', '--no-audit', '--no-fund', '--include=dev', '--include=optional', '--engine-strict=false']
  const { code, output } = await runNpm(['ci', ...wishes, '--loglevel=error'], lock)
  if (code === 0) return
  process.stderr.write(`${output}\n`)
  fail(
    '安装依赖失败，npm 的输出见上。请检查网络、npm registry 设置和磁盘空间，然后再次运行同一条命令。',
    'Installing dependencies failed; above is what npm said. Check the network, the npm registry and the free space, then run the same command again.',
  )
}

function prepareConsole() {
  sayBuilding()
  const problem = buildConsole()
  if (problem === undefined) return
  process.stderr.write(`${problem}\n`)
  fail('构建控制台失败，Vite 的输出见上。', 'Building the console failed; above is what Vite said.')
}

function runNpm(words, lock) {
  const npm = process.env.npm_execpath
  const isNpm = npm !== undefined && basename(npm).startsWith('npm') && existsSync(npm)
  const [program, ...args] = !isNpm ? ['npm', ...words] : npm.endsWith('js') ? [process.execPath, npm, ...words] : [npm, ...words]
  return new Promise((resolve) => {
    // npm inherits the lock: should we be killed, it is held until the npm that we leave behind has ended as well.
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe', lock._handle?.fd ?? 'ignore'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
      })
    }
    child.once('error', (error) => resolve({ code: 1, output: `${program}: ${error.message}` }))
    child.once('close', (code) => resolve({ code, output }))
  })
}

// On Linux x64 and arm64 (glibc) an npm package brings it; elsewhere the Node that runs us serves, when it is new enough.
function provideNode() {
  if (majorOf(node) >= nodeMajorMin) return
  if (Number(process.versions.node.split('.')[0]) >= nodeMajorMin) {
    rmSync(node, { force: true })
    mkdirSync(dirname(node), { recursive: true })
    symlinkSync(process.execPath, node)
    return
  }
  fail(
    `Kaimen 需要 Node ${nodeMajorMin} 或更高版本；这里是 ${process.version}，本平台（${process.platform}-${process.arch}）也没有随附的版本。请从 https://nodejs.org 安装后再试。`,
    `Kaimen needs Node ${nodeMajorMin} or later; this is ${process.version}, and none comes along for ${process.platform}-${process.arch}. Install one from https://nodejs.org and try again.`,
  )
}

// It names each of its 447 entry points, in 180 kB that Node copies anew for every file of it that is loaded: half a second of each start.
// A pattern stands for those that are a file of their own name, so that all of them are still there.
function lightenDrizzle() {
  const file = join(root, 'node_modules', 'drizzle-orm', 'package.json')
  if (!existsSync(file)) return
  const described = JSON.parse(readFileSync(file, 'utf8'))
  const others = Object.entries(described.exports).filter(([path, to]) => to.import?.default !== `${path}.js`)
  described.exports = { ...Object.fromEntries(others), './*': { import: './*.js', require: './*.cjs' } }
  // As a new file: this one may be another installation's too.
  rmSync(file)
  writeFileSync(file, JSON.stringify(described, null, 2))
}

// Stripping types takes 18 MB, which a process then holds for as long as it lives. So that the first start need not do it either, all that
// starts is imported once, with the cache that `npm start` uses. A serving thread and main.ts end by an error here: that is expected, and
// whatever else may go wrong only makes a start larger and slower.
function compileAhead() {
  const parts = ['start/all', 'start/platform', 'start/gateway', 'gateway/thread', 'main']
  const script = `for (const part of ${JSON.stringify(parts)}) await import('./src/' + part + '.ts').catch(() => {})`
  const env = { ...process.env, NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'kaimen') }
  spawnSync(node, ['--input-type=module', '--eval', script, '--', '--role', 'none'], { cwd: root, env, stdio: 'ignore', timeout: 30_000 })
}

function majorOf(program) {
  const asked = spawnSync(program, ['--version'], { encoding: 'utf8' })
  return asked.status === 0 ? Number(asked.stdout.slice(1).split('.')[0]) : 0
}

// The lock is a socket that somebody listens on, so that the kernel frees it when its holders end, however they do. Linux has names
// for sockets outside the file system; elsewhere a file is left behind by kill -9, and is stale when nobody answers there.
async function takeLock() {
  const name = `kaimen-prepare-${createHash('sha256').update(root).digest('hex').slice(0, 24)}`
  const address = process.platform === 'linux' ? `\0${name}` : join(tmpdir(), name)
  for (let rounds = 0; ; rounds += 1) {
    const server = await listen(address)
    if (server !== undefined) return server
    if (rounds === 0) say('另一个进程正在安装依赖或构建，等待它完成……', 'Another process is installing or building; waiting for it …')
    const wasThere = await waitForHolder(address)
    if (!wasThere && process.platform !== 'linux') rmSync(address, { force: true })
  }
}

function listen(address) {
  return new Promise((resolve, reject) => {
    const server = createServer((waiter) => waiter.on('error', () => {}).unref())
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)))
    server.listen(address, () => resolve(server.unref()))
  })
}

/** Resolves when the holder is gone: true if there was one. */
function waitForHolder(address) {
  return new Promise((resolve) => {
    let wasThere = false
    const socket = connect(address, () => {
      wasThere = true
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(wasThere))
    socket.resume()
  })
}

function say(zh, en) {
  process.stderr.write(`${en}\n${zh}\n`)
}

function fail(zh, en) {
  say(zh, en)
  process.exit(1)
}
