import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type AppDocument, type FeedLine, feedFormat } from '#core/feed/document.ts'
import { createSealer } from '#lib/seal.ts'
import { Snapshot } from './snapshot.ts'
import { openSnapshotFile } from './snapshot-file.ts'

const sealer = createSealer(randomBytes(32))

const plain: Omit<AppDocument, 'id' | 'appId' | 'enabled'> = {
  kind: 'app',
  expiresAt: null,
  internal: false,
  schemes: [],
  tokenEpoch: 1,
  seamlessRefresh: false,
  secrets: [],
  publicKeys: [],
  ipAllowList: [],
  limits: { limitCount: null, dayQuota: null, monthQuota: null },
  permanentTokenId: null,
  projects: [],
  grants: [],
  grantLimits: [],
}

function app(id: number, enabled: boolean): AppDocument {
  return { ...plain, id, appId: `app-${id}`, enabled }
}

const first: FeedLine[] = [{ kind: 'reset', instance: `${feedFormat}i` }, app(1, true), app(2, true), { kind: 'revision', revision: 2 }]

function inFolder(name: string, run: (path: string) => void) {
  test(name, () => {
    const folder = mkdtempSync(join(tmpdir(), 'kaimen-snapshot-'))
    try {
      run(join(folder, 'snapshot'))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}

function reopened(path: string, by = sealer): Snapshot {
  const snapshot = new Snapshot(by)
  const file = openSnapshotFile(path, by)
  file.load(snapshot)
  file.close()
  return snapshot
}

function write(path: string, ...sets: FeedLine[][]): void {
  const file = openSnapshotFile(path, sealer)
  const snapshot = new Snapshot(sealer)
  file.load(snapshot)
  for (const lines of sets) {
    file.append(lines)
    snapshot.apply(lines)
    file.compact(snapshot)
  }
  file.close()
}

inFolder('what was applied is there after a restart: added, changed and gone', (path) => {
  write(path, first, [app(1, false), { kind: 'gone', of: 'app', id: 2 }, { kind: 'revision', revision: 4 }])
  const snapshot = reopened(path)
  assert.equal(snapshot.revision, 4)
  assert.equal(snapshot.instance, `${feedFormat}i`)
  assert.equal(snapshot.app('app-1')?.document.enabled, false)
  assert.equal(snapshot.app('app-2'), undefined)
})

inFolder('cut at any byte, it opens at the last whole revision and takes on from there', (path) => {
  write(path, first, [app(1, false), { kind: 'revision', revision: 3 }])
  const whole = readFileSync(path)
  const firstLength = 4 + whole.readUInt32BE(0)
  for (let length = firstLength; length < whole.length; length += 7) {
    writeFileSync(path, whole.subarray(0, length))
    assert.equal(reopened(path).revision, 2)
    write(path, [app(1, false), { kind: 'revision', revision: 3 }])
    assert.equal(reopened(path).revision, 3)
  }
})

inFolder('it does not grow with the number of changes', (path) => {
  const many = Array.from({ length: 3_000 }, (_, n): FeedLine[] => [
    { ...app(1, true), schemes: ['x'.repeat(1_000)] },
    { kind: 'revision', revision: n + 3 },
  ])
  write(path, first, ...many)
  assert.ok(statSync(path).size < 2_200_000, `${statSync(path).size} bytes`)
  assert.equal(reopened(path).revision, 3_002)
})

inFolder('under another master key it is put aside, not destroyed', (path) => {
  write(path, first)
  assert.equal(reopened(path, createSealer(randomBytes(32))).isComplete, false)
  assert.ok(existsSync(`${path}.unreadable`))
})

inFolder('of another version of the documents it is put aside, too', (path) => {
  write(path, [
    { kind: 'reset', instance: 'v0:i' },
    { kind: 'revision', revision: 9 },
  ])
  assert.equal(reopened(path).isComplete, false)
})
