// `npm run check`: what needs no server. Types, lint and format, the order of the house, generated documents, migrations.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const node = process.execPath
const bin = (name: string) => join(root, 'node_modules', '.bin', name)

const checks: [what: string, command: string, args: string[]][] = [
  ['types', bin('tsc'), ['--noEmit']],
  ['types of the console', bin('tsc'), ['--noEmit', '--project', 'console']],
  ['lint and format', bin('biome'), ['check', '--error-on-warnings', '.']],
  ['order of the house', node, ['--test', '--test-reporter=dot', 'test/tidy.ts']],
  ['generated documents', node, ['docs/generate.ts', '--check']],
  ['migrations', node, ['test/migrations.ts']],
]

let failed = 0
for (const [what, command, args] of checks) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  console.log(`${status === 0 ? '✔' : '✖'} ${what}`)
  if (status === 0) continue
  failed++
  console.log(`${stdout}${stderr}`)
}
process.exit(failed === 0 ? 0 : 1)
