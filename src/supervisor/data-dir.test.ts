import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDataDir } from './data-dir.ts'

const isRoot = process.getuid?.() === 0

test('a data dir is made, private, with a run dir short enough for a socket however long and Chinese its own path is', (t) => {
  const base = temporary(t)
  const { path, runDir } = openDataDir(join(base, '很长的目录名'.repeat(10), '数据 dir'))
  t.after(() => rmSync(runDir, { recursive: true, force: true }))
  assert.equal(statSync(path).mode & 0o777, isRoot ? 0o711 : 0o700)
  assert.equal(statSync(runDir).mode & 0o777, isRoot ? 0o711 : 0o700)
  assert.ok(Buffer.byteLength(join(runDir, 'pg', '.s.PGSQL.5432')) < 104)
})

test('the same data dir has the same run dir, also when it is reached through a symlink; another has another', (t) => {
  const base = temporary(t)
  const first = openDataDir(join(base, 'a'))
  symlinkSync(first.path, join(base, 'link'))
  const other = openDataDir(join(base, 'b'))
  t.after(() => [first, other].map(({ runDir }) => rmSync(runDir, { recursive: true, force: true })))
  assert.deepEqual(openDataDir(join(base, 'link')), first)
  assert.notEqual(other.runDir, first.runDir)
})

test('a data dir that is there keeps its mode', (t) => {
  const base = temporary(t)
  mkdirSync(join(base, 'mine'))
  chmodSync(join(base, 'mine'), 0o750)
  const { path, runDir } = openDataDir(join(base, 'mine'))
  t.after(() => rmSync(runDir, { recursive: true, force: true }))
  assert.equal(statSync(path).mode & 0o777, 0o750)
})

test('a data dir that is a file, or below one, is refused by name', (t) => {
  const base = temporary(t)
  writeFileSync(join(base, 'file'), '')
  for (const path of [join(base, 'file'), join(base, 'file', 'below')]) {
    assert.throws(() => openDataDir(path), { name: 'StartError', message: /is not a directory\. Move that file away/ })
  }
})

test('a data dir that cannot be written to is refused by name', { skip: !existsSync('/proc/self/fd') }, () => {
  // /proc is a directory that not even root can write to.
  assert.throws(() => openDataDir('/proc/self/fd'), { name: 'StartError', message: /\/fd cannot be written to/ })
  assert.throws(() => openDataDir('/proc/kaimen/data'), { name: 'StartError', message: /cannot be created/ })
})

test('a run dir that is a symlink, or that others can write to, is refused by name', (t) => {
  const base = temporary(t)
  const { path, runDir } = openDataDir(join(base, 'data'))
  t.after(() => rmSync(runDir, { recursive: true, force: true }))
  chmodSync(runDir, 0o777)
  assert.throws(() => openDataDir(path), { name: 'StartError', message: /cannot be trusted/ })
  rmSync(runDir, { recursive: true })
  mkdirSync(join(base, 'trap'))
  symlinkSync(join(base, 'trap'), runDir)
  assert.throws(() => openDataDir(path), { name: 'StartError', message: /cannot be trusted/ })
})

function temporary(t: { after(fn: () => unknown): void }): string {
  const base = mkdtempSync('/tmp/kaimen-test-')
  t.after(() => rmSync(base, { recursive: true, force: true }))
  return base
}
