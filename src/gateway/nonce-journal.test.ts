import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createNonces, fingerprint, nonceLifeMs } from '#core/app/nonces.ts'
import { openNonceJournal } from './nonce-journal.ts'

const print = (nonce: string, appId = 'app') => fingerprint(appId, 'nonce', nonce)

function openNonces(folder: string, now: number) {
  const journal = openNonceJournal(folder, now, (error) => assert.fail(String(error)))
  return { journal, nonces: createNonces(journal, journal.generations) }
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

inFolder('a nonce is taken once for twice the window, across restarts and the turn of a generation', (folder) => {
  let now = 1_000_000
  let { journal, nonces } = openNonces(folder, now)
  const taken: [string, number][] = []
  for (let step = 0; step < 60; step++) {
    assert.ok(nonces.take(print(`n${step}`), now))
    taken.push([`n${step}`, now])
    now += nonceLifeMs / 10
    journal.close()
    ;({ journal, nonces } = openNonces(folder, now))
    for (const [nonce, at] of taken) if (now - at < nonceLifeMs) assert.ok(!nonces.take(print(nonce), now), `${nonce} after ${now - at} ms`)
  }
  journal.close()
  assert.ok(readdirSync(folder).length <= 3, 'old generations leave the disk')
})

inFolder('apps do not share nonces, nor do nonces and contents', (folder) => {
  const { journal, nonces } = openNonces(folder, 1_000)
  assert.ok(nonces.take(print('n', 'one'), 1_000))
  assert.ok(nonces.take(print('n', 'two'), 1_000))
  assert.ok(nonces.take(fingerprint('one', 'content', 'n'), 1_000))
  assert.ok(!nonces.take(print('n', 'one'), 1_000))
  journal.close()
})

inFolder('a record that a kill cut short does not spoil the others', (folder) => {
  const first = openNonces(folder, 1_000)
  assert.ok(first.nonces.take(print('whole'), 1_000))
  first.journal.close()
  appendFileSync(join(folder, readdirSync(folder)[0]!), 'half')
  const second = openNonces(folder, 2_000)
  assert.ok(!second.nonces.take(print('whole'), 2_000))
  assert.ok(second.nonces.take(print('later'), 2_000))
  second.journal.close()
  const third = openNonces(folder, 3_000)
  assert.ok(!third.nonces.take(print('later'), 3_000), 'what came after the half record is known')
  third.journal.close()
})
