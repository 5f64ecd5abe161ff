// Builds the console when its sources or the lockfile are not those of the last build. `prepare.mjs` calls it, and run as a program it
// does the same for who has everything installed; when nothing is to do it costs the hash of some files.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = realpathSync(dirname(dirname(fileURLToPath(import.meta.url))))
const folder = join(root, 'console')
const dist = join(folder, 'dist')
/** What of the server and of the samples is in the bundle: strings to sign, their words, and code to copy. */
const borrowed = ['src/schemes', 'src/text', 'examples']
/** Written before the build is put in its place, so that half a build never counts. */
const marker = '.built'

export function isConsoleBuilt() {
  const file = join(dist, marker)
  return existsSync(file) && readFileSync(file, 'utf8') === wanted()
}

/** What Vite said, when it failed. A platform that serves the build before keeps it until the moment of the change. */
export function buildConsole() {
  const hash = wanted()
  const made = join(folder, `dist.${process.pid}`)
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const node = join(root, 'node_modules', '.bin', 'node')
  const { status, stdout, stderr } = spawnSync(node, [vite, 'build', folder, '--outDir', made, '--emptyOutDir', '--logLevel', 'warn'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) {
    rmSync(made, { recursive: true, force: true })
    return `${stdout}${stderr}`
  }
  writeFileSync(join(made, marker), hash)
  rmSync(dist, { recursive: true, force: true })
  renameSync(made, dist)
}

function wanted() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')))
  for (const [at, source] of [folder, ...borrowed.map((path) => join(root, path))].entries()) {
    for (const name of readdirSync(source, { recursive: true }).sort()) {
      const file = join(source, name)
      if (/^dist\b/.test(name) || /\.(md|test\.ts)$/.test(name) || !statSync(file).isFile()) continue
      hash.update(`${at} ${name}\n`).update(readFileSync(file))
    }
  }
  return hash.digest('hex')
}

export function sayBuilding() {
  process.stderr.write('Building the console; this takes some seconds, and only after a change …\n正在构建控制台，仅在有变更时需要几秒……\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !isConsoleBuilt()) {
  sayBuilding()
  const problem = buildConsole()
  if (problem !== undefined) {
    process.stderr.write(problem)
    process.exitCode = 1
  }
}
