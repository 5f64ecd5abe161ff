import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type PartEvent, type PartName, restartDelayMs, supervise } from './supervise.ts'

const healthy = `await runAsPart({ start: async () => {
  const timer = setInterval(() => {}, 1000)
  return { url: 'http://' + process.env.PART, stop: async () => { note('drained ' + process.env.PART); clearInterval(timer) } }
} })`
const unable = `await runAsPart({ start: async () => { throw new StartError({ zh: '端口被占用。', en: 'Port taken.' }) } })`
const broken = `throw new Error('a fault while loading (this stack is expected in the test)')`
const deaf = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.send({ ready: true })`

test('the parts are ready with their addresses, and stop drains the gateway before the platform', async (t) => {
  const house = openHouse(t, { platform: healthy, gateway: healthy })
  assert.deepEqual(await house.supervision.ready, { platform: 'http://platform', gateway: 'http://gateway' })
  await house.supervision.stop()
  assert.deepEqual(house.notes(), ['drained gateway', 'drained platform'])
  assert.deepEqual(house.ends(), ['gateway 0', 'platform 0'])
})

test('a part that dies is started again at once, and the other is not touched', async (t) => {
  const house = openHouse(t, { platform: healthy, gateway: healthy })
  await house.supervision.ready
  process.kill(house.pidOf('gateway'), 'SIGKILL')
  await house.seen('gateway', 'ready', 2)
  assert.deepEqual(house.said, ['The gateway process ended (SIGKILL); it starts again at once.'])
  assert.equal(house.events.filter(({ part, event }) => part === 'platform' && event === 'spawned').length, 1)
  await house.supervision.stop()
})

test('restarts wait longer and longer, up to ten seconds', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7, 1000].map(restartDelayMs), [0, 500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000])
})

test('a part that cannot start stops the others, and its words reach whoever waits', async (t) => {
  const house = openHouse(t, { platform: healthy, gateway: unable })
  await assert.rejects(house.supervision.ready, { name: 'StartError', en: 'Port taken.', zh: '端口被占用。' })
  const [gateway, platform] = house.ends().toSorted()
  assert.equal(gateway, 'gateway 1')
  // Drained or, when it was not up to hearing signals yet, ended by one.
  assert.match(platform!, /^platform (0|SIGTERM)$/)
})

test('a part that crashes before it was ready stops the others by name', async (t) => {
  const house = openHouse(t, { platform: broken, gateway: healthy })
  await assert.rejects(house.supervision.ready, { name: 'StartError', message: /platform process ended before it was ready \(exit 1\)/ })
  assert.equal(house.ends().length, 2)
})

test('stop in the middle of a start calls it off and leaves nobody', async (t) => {
  const house = openHouse(t, { platform: healthy, gateway: healthy })
  const ready = assert.rejects(house.supervision.ready, { message: /called off/ })
  await house.supervision.stop()
  await ready
  assert.equal(house.ends().length, 2)
})

test('the parts of a supervisor that was killed drain and end by themselves', async (t) => {
  const house = openHouse(t, {})
  const supervisor = house.superviseInAnotherProcess({ platform: healthy, gateway: healthy })
  const [pids] = (await once(supervisor, 'message')) as [number[]]
  supervisor.kill('SIGKILL')
  while (pids.some(isRunning)) await pause(10)
  assert.deepEqual(house.notes().toSorted(), ['drained gateway', 'drained platform'])
})

test('a part that runs alone drains at SIGTERM', async (t) => {
  const house = openHouse(t, {})
  const alone = spawn(process.execPath, [house.script('alone', `${healthy}\nconsole.log('ready')`)], {
    env: { PART: 'alone' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(alone.stdout, 'data')
  alone.kill('SIGTERM')
  assert.deepEqual(await once(alone, 'exit'), [0, null])
  assert.deepEqual(house.notes(), ['drained alone'])
})

test('a second SIGTERM does not cut a drain short, a second Ctrl-C does', async (t) => {
  const house = openHouse(t, {})
  // It drains until its input ends.
  const slow = `await runAsPart({ start: async () => ({ url: '', stop: () => new Promise((done) => process.stdin.on('end', done).resume()) }) })
    for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => note(signal))
    setInterval(() => {}, 1000); console.log('ready')`
  const drainTwice = async (signal: 'SIGTERM' | 'SIGINT') => {
    const part = spawn(process.execPath, [house.script(signal, slow)], { stdio: ['pipe', 'pipe', 'inherit'] })
    const heard = async (times: number) => {
      while (house.notes().filter((note) => note === signal).length < times) await pause(5)
    }
    await once(part.stdout, 'data')
    part.kill(signal)
    await heard(1)
    part.kill(signal)
    if (signal === 'SIGTERM') {
      await heard(2)
      part.stdin.end()
    }
    return once(part, 'exit')
  }
  assert.deepEqual(await drainTwice('SIGTERM'), [0, null])
  assert.deepEqual(await drainTwice('SIGINT'), [1, null])
})

test('a part that does not listen to SIGTERM is killed after the drain bound', async (t) => {
  const house = openHouse(t, { gateway: deaf })
  await house.supervision.ready
  await house.supervision.stop()
  assert.deepEqual(house.ends(), ['gateway SIGKILL'])
})

/** Tiny parts, as real processes, in a directory of their own; what they note down tells the order of things. */
function openHouse(t: { after(fn: () => unknown): void }, bodies: Partial<Record<PartName, string>>) {
  const base = mkdtempSync(join(tmpdir(), 'kaimen-test-'))
  const notesFile = join(base, 'notes')
  writeFileSync(notesFile, '')
  const script = (name: string, body: string) => {
    const path = join(base, `${name}.ts`)
    const imports = [
      `import { runAsPart } from '${import.meta.dirname}/part.ts'`,
      `import { supervise } from '${import.meta.dirname}/supervise.ts'`,
    ]
    imports.push(`import { StartError } from '${import.meta.dirname}/../lib/start-error.ts'`, `import { appendFileSync } from 'node:fs'`)
    writeFileSync(path, `${imports.join('\n')}\nconst note = (line) => appendFileSync('${notesFile}', line + '\\n')\n${body}`)
    return path
  }
  const partsOf = (bodies: Partial<Record<PartName, string>>) =>
    Object.entries(bodies).map(([name, body]) => ({ name: name as PartName, argv: [script(name, body)], env: { PART: name } }))

  const events: PartEvent[] = []
  const said: string[] = []
  const supervision = supervise({ parts: partsOf(bodies), say: ({ en }) => said.push(en), log: (event) => events.push(event) })
  t.after(async () => {
    await supervision.stop()
    rmSync(base, { recursive: true, force: true })
  })
  const seen = async (part: PartName, event: PartEvent['event'], times: number) => {
    while (events.filter((one) => one.part === part && one.event === event).length < times) await pause(5)
  }
  const pidOf = (part: PartName) => events.findLast((one) => one.part === part && one.event === 'ready')!.pid!
  const ends = () => events.flatMap((one) => (one.event === 'ended' ? [`${one.part} ${one.signal ?? one.code}`] : []))
  const notes = () => readFileSync(notesFile, 'utf8').trim().split('\n')

  const superviseInAnotherProcess = (bodies: Partial<Record<PartName, string>>) => {
    const body = `const pids = []
      const { ready } = supervise({ parts: ${JSON.stringify(partsOf(bodies))}, say() {}, log: ({ pid, event }) => event === 'ready' && pids.push(pid) })
      await ready
      process.send(pids)`
    return spawn(process.execPath, [script('supervisor', body)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  }
  return { supervision, events, said, seen, pidOf, ends, notes, script, superviseInAnotherProcess }
}

// One that ended may stay a zombie for good where no init takes it away.
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || readFileSync(`/proc/${pid}/cmdline`).length > 0
  } catch {
    return false
  }
}
