import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openNonceJournal, readNonces } from './nonce-journal.ts'
import { newNonceMemory, openNonceTable } from './nonce-table.ts'
import { createNonces, fingerprint, nonceLifeMs } from './nonces.ts'

const print = (nonce: string, appId = 'app') => fingerprint(appId, 'nonce', nonce)

/** What a start does: a new table, told of everything that the disk remembers. */
function openNonces(folder: string, now: number) {
  const table = openNonceTable(newNonceMemory(now), nonceLifeMs)
  for (const known of readNonces(folder, nonceLifeMs, now)) table.take(known, now)
  const journal = openNonceJournal({ folder, writer: 'one', lifeMs: nonceLifeMs, onError: (error) => assert.fail(String(error)) })
  return { journal, nonces: createNonces(table, journal) }
}

function inFolder(name: string, run: (folder: string) => void) {
  test(name, () => {
    const folder = mkdtempSync(join(tmpdir(), 'kaimen-nonces-'))
    try {
      run(folder)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}

inFolder('a nonce is taken once for twice the window, across any number of restarts', (folder) => {
  let now = 1_800_000_000_000
  let { journal, nonces } = openNonces(folder, now)
  const taken: [string, number][] = []
  for (let step = 0; step < 60; step++) {
    assert.equal(nonces.take(print(`n${step}`), now), 'taken')
    taken.push([`n${step}`, now])
    now += nonceLifeMs / 10
    journal.close()
    ;({ journal, nonces } = openNonces(folder, now))
    for (const [nonce, at] of taken)
      if (now - at <= nonceLifeMs) assert.equal(nonces.take(print(nonce), now), 'seen', `${nonce} after ${now - at} ms`)
  }
  journal.close()
  assert.ok(readdirSync(folder).length <= 22, 'old files leave the disk')
})

inFolder('apps do not share nonces, nor do nonces and contents', (folder) => {
  const { journal, nonces } = openNonces(folder, 1_000)
  assert.equal(nonces.take(print('n', 'one'), 1_000), 'taken')
  assert.equal(nonces.take(print('n', 'two'), 1_000), 'taken')
  assert.equal(nonces.take(fingerprint('one', 'content', 'n'), 1_000), 'taken')
  assert.equal(nonces.take(print('n', 'one'), 1_000), 'seen')
  journal.close()
})

inFolder('a record that a kill cut short does not spoil the others', (folder) => {
  const first = openNonces(folder, 1_000)
  assert.equal(first.nonces.take(print('whole'), 1_000), 'taken')
  first.journal.close()
  appendFileSync(join(folder, readdirSync(folder)[0]!), 'half')
  const second = openNonces(folder, 2_000)
  assert.equal(second.nonces.take(print('whole'), 2_000), 'seen')
  assert.equal(second.nonces.take(print('later'), 2_000), 'taken')
  second.journal.close()
  const third = openNonces(folder, 3_000)
  assert.equal(third.nonces.take(print('later'), 3_000), 'seen')
  third.journal.close()
})
