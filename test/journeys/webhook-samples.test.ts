// The receivers of `examples/webhooks`, which partners copy: each believes what a library that others wrote has signed, and nothing else.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Webhook } from 'standardwebhooks'
import { fillIn, type SampleLanguage } from '../../examples/fill.ts'
import { freePort } from '../free-port.ts'

const folder = mkdtempSync(join(tmpdir(), 'kaimen-receivers-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const appSecret = '7Q2M9ZK4XW8R1TB6C0VN5HJ3LD7GF2PS'
const body = JSON.stringify({ plate: '京A·12345', fen: 1250 })

interface Receiver {
  readonly name: SampleLanguage
  readonly file: string
  command(file: string, port: number): readonly [program: string, ...words: string[]]
}

const receivers: Receiver[] = [
  { name: 'ts', file: 'receive.ts', command: (file) => [process.execPath, file] },
  { name: 'python', file: 'receive.py', command: (file) => ['python3', file] },
  { name: 'java', file: 'Receive.java', command: (file) => ['java', '-XX:TieredStopAtLevel=1', '-Dfile.encoding=UTF-8', file] },
  { name: 'php', file: 'receive.php', command: (file, port) => ['php', '-S', `127.0.0.1:${port}`, file] },
  { name: 'go', file: 'receive.go', command: (file) => ['go', 'run', file] },
]

for (const { name, file, command } of receivers) {
  const [program] = command('', 0)
  const isHere = spawnSync(program, ['--version']).error === undefined
  const skip = !isHere && `${program} is not on this machine, so ${file} was not run`
  test(`${file} takes what is signed by the secret, and nothing that was altered, is old or is signed by another`, { skip }, async () => {
    const port = await freePort()
    const own = join(folder, file)
    writeFileSync(own, fillIn(readFileSync(join(import.meta.dirname, '../../examples/webhooks', file), 'utf8'), name, { appSecret, port }))
    const [program, ...words] = command(own, port)
    const child = spawn(program, words, { env: { PATH: process.env.PATH, HOME: process.env.HOME }, stdio: 'ignore' })
    try {
      await listening(port, child)
      const post = async (fields: Record<string, string>, text = body) =>
        (await fetch(`http://127.0.0.1:${port}/callback/parked`, { method: 'POST', headers: fields, body: text })).status
      assert.equal(await post(signed()), 204)
      const right = signed()
      assert.equal(await post({ ...right, 'webhook-signature': `v1,AAAA v1a,xx ${right['webhook-signature']}` }), 204)

      assert.equal(await post(signed(), body.replace('1250', '1')), 401)
      assert.equal(await post(signed('W'.repeat(32))), 401)
      assert.equal(await post(signed(appSecret, -301_000)), 401)
      // Not a second beyond what is allowed: it may take one until it is looked at.
      assert.equal(await post(signed(appSecret, 400_000)), 401)
      assert.equal(await post({ ...signed(), 'webhook-id': 'msg_2' }), 401)
      for (const field of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
        const { [field as 'webhook-id']: _, ...rest } = signed()
        assert.equal(await post(rest), 401, field)
        assert.equal(await post({ ...rest, [field]: 'x' }), 401, field)
      }
    } finally {
      child.kill()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    }
  })
}

function signed(secret = appSecret, offMs = 0) {
  const time = new Date(Date.now() + offMs)
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(time.getTime() / 1000)),
    'webhook-signature': new Webhook(Buffer.from(secret).toString('base64')).sign('msg_1', time, body),
  }
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  // A compiler may come first.
  for (let tries = 0; tries < 1_000; tries++) {
    assert.equal(child.exitCode, null, 'the receiver ended')
    const isThere = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '' }).then(() => true, () => false) // biome-ignore format: one thought
    if (isThere) return
    await sleep(100)
  }
  assert.fail('the receiver does not listen')
}
