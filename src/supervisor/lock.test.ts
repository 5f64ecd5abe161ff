import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDataDir } from './data-dir.ts'
import { takeLock } from './lock.ts'

test('a data dir held by another process is refused with its name and pid, and is free right after kill -9 of that process', async (t) => {
  const house = openHouse(t)
  const holder = await house.holdInAnotherProcess()
  await assert.rejects(takeLock(house.dataDir), {
    name: 'StartError',
    message: new RegExp(`${house.dataDir.path} is in use by another Kaimen \\(process ${holder.pid}\\)`),
  })
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  const lock = await takeLock(house.dataDir)
  await lock.release()
})

test('a holder that is stopped still holds', async (t) => {
  const house = openHouse(t)
  const holder = await house.holdInAnotherProcess()
  holder.kill('SIGSTOP')
  await assert.rejects(takeLock(house.dataDir), { name: 'StartError', message: /in use by another Kaimen \(process unknown\)/ })
})

test('a released lock can be taken again, and of many at once exactly one gets it', async (t) => {
  const { dataDir } = openHouse(t)
  const first = await takeLock(dataDir)
  await first.release()
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => takeLock(dataDir)))
  const won = outcomes.filter((outcome) => outcome.status === 'fulfilled')
  assert.equal(won.length, 1)
  await won[0]!.value.release()
})

test('a lock does not keep its process alive', async (t) => {
  const house = openHouse(t)
  const process = house.run(`await takeLock(dataDir)`)
  assert.deepEqual(await once(process, 'exit'), [0, null])
})

function openHouse(t: { after(fn: () => unknown): void }) {
  const base = mkdtempSync('/tmp/kaimen-test-')
  const dataDir = openDataDir(join(base, '数据 dir'))
  const run = (body: string) => {
    const script = join(base, 'holder.ts')
    const lockFile = JSON.stringify(join(import.meta.dirname, 'lock.ts'))
    writeFileSync(script, `import { takeLock } from ${lockFile}\nconst dataDir = ${JSON.stringify(dataDir)}\n${body}`)
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    t.after(() => child.kill('SIGKILL'))
    return child
  }
  const holdInAnotherProcess = async () => {
    const child = run(`await takeLock(dataDir); process.on('message', () => {}); process.send('held')`)
    await once(child, 'message')
    return child
  }
  t.after(() => {
    rmSync(base, { recursive: true, force: true })
    rmSync(dataDir.runDir, { recursive: true, force: true })
  })
  return { dataDir, run, holdInAnotherProcess }
}
