// What stands before HTTP: TLS, and how many connections there may be.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from 'node:tls'
import { readTlsPair } from '#lib/tls-files.ts'
import { newCertificate } from '../../../test/certificate.ts'
import { newAddressMemory, openAddressConnections } from '../address-connections.ts'
import { newAdmissionMemory, openAdmission } from '../admission.ts'
import { emptyShares } from '../shares.ts'
import type { Exchange } from './exchange.ts'
import { createHttpServer, type HttpServerOptions } from './node-http.ts'

const folder = mkdtempSync(join(tmpdir(), 'kaimen-tls-'))
after(() => rmSync(folder, { recursive: true }))
const [first, second] = ['first', 'second'].map((name) => readTlsPair(newCertificate(folder, name)))

async function open(options: HttpServerOptions, handle = (exchange: Exchange) => exchange.reply(200, [], String(exchange.isSecure))) {
  const server = createHttpServer(handle, options).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    server,
    port,
    /** Waits until so many connections are open. */
    async holds(wanted: number): Promise<void> {
      const held = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)))
      for (let waited = 0; (await held()) !== wanted; waited += 5) {
        if (waited > 10_000) throw new Error(`it holds ${await held()}, not ${wanted}`)
        await sleep(5)
      }
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function secured(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = tlsConnect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options })
  await once(socket, 'secureConnect')
  return socket
}

async function get(port: number): Promise<string> {
  const call = request({ host: '127.0.0.1', port, ca: first!.cert, agent: false }).end()
  const [response] = await once(call, 'response')
  return (await response.setEncoding('utf8').toArray()).join('')
}

test('HTTP is spoken under TLS, and the walk knows it', async () => {
  await using plain = await open({})
  await using secure = await open({ tls: first })
  assert.equal(await get(secure.port), 'true')
  const caller = connect(plain.port, '127.0.0.1')
  caller.end('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
  assert.match(String(Buffer.concat(await caller.toArray())), /false$/)
})

test('TLS 1.2 and 1.3 are spoken, nothing older', async () => {
  await using secure = await open({ tls: first })
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const socket = await secured(secure.port, { minVersion: version, maxVersion: version })
    assert.equal(socket.getProtocol(), version)
    socket.destroy()
  }
  const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
  await assert.rejects(secured(secure.port, old), /protocol version|alert/i)
})

test('a new certificate is for new connections; those that there are go on', async () => {
  await using secure = await open({ tls: first })
  const before = await secured(secure.port)
  secure.server.renew(second!)
  const later = await secured(secure.port)
  assert.deepEqual([before, later].map((socket) => socket.getPeerCertificate().subject.CN), ['first', 'second']) // biome-ignore format: one thought
  before.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  assert.match(String((await once(before, 'data'))[0]), /^HTTP\/1\.1 200 /)
  before.destroy()
  later.destroy()
})

test('whoever does not come to the end of the handshake is closed, also one who speaks no TLS', async () => {
  await using secure = await open({ tls: first, times: { handshakeMs: 2_000 } })
  const callers = ['', 'GET / HTTP/1.1\r\nhost: a\r\n\r\n', '\x16\x03\x01'].map((said) => {
    const caller = connect(secure.port, '127.0.0.1')
    caller.on('error', () => {})
    caller.write(said, 'latin1')
    return caller.resume()
  })
  await Promise.all(callers.map((caller) => once(caller, 'close')))
  assert.equal(await get(secure.port), 'true')
})

for (const tls of [undefined, first]) {
  test(`a server holds so many connections and no more, and has room again when one goes${tls ? ', under TLS' : ''}`, async () => {
    let away = 0
    const onTurnedAway = (whose: string) => {
      assert.equal(whose, 'all')
      away++
    }
    const bounds = { connections: 3, ipConnections: 0, trustedProxies: [] }
    await using server = await open({ tls, admit: openAdmission(newAdmissionMemory(1), 0, bounds, onTurnedAway) })
    const join = () => connect(server.port, '127.0.0.1').on('error', () => {})
    const callers = [join(), join(), join()]
    await Promise.all(callers.map((caller) => once(caller, 'connect')))
    await once(join().resume(), 'close')
    assert.equal(away, 1)
    callers[0]!.destroy()
    await server.holds(2)
    const next = tls ? await secured(server.port) : join()
    next.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
    assert.match(String((await once(next, 'data'))[0]), /^HTTP\/1\.1 200 /)
    for (const caller of [...callers, next]) caller.destroy()
  })

  test(`an address holds so many connections and no more${tls ? ', under TLS' : ''}`, async () => {
    const away: string[] = []
    const bounds = { connections: 100, ipConnections: 2, trustedProxies: [] }
    await using server = await open({ tls, admit: openAdmission(newAdmissionMemory(1), 0, bounds, (whose) => away.push(whose)) })
    const join = () => connect(server.port, '127.0.0.1').on('error', () => {})
    const callers = [join(), tls ? await secured(server.port) : join()]
    await once(join().resume(), 'close')
    assert.deepEqual(away, ['address'])
    for (const caller of callers) caller.destroy()
    await server.holds(0)
    for (let round = 0; round < 5; round++) {
      const next = tls ? await secured(server.port) : join()
      next.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
      assert.match(String((await once(next, 'data'))[0]), /^HTTP\/1\.1 200 /)
      next.destroy()
      await server.holds(0)
    }
  })
}

test('connections of an address count over all threads; an IPv6 /64 is one address, a proxy none, and a thread that dies gives its own back', () => {
  // One salt under which no two of these fall into one slot.
  const memory = { ...newAddressMemory(2), salt: Buffer.alloc(16) }
  const [one, two] = [0, 1].map((thread) => openAddressConnections(memory, thread, 2, ['192.0.2.7']))
  assert.ok(one!('198.51.100.1') && two!('::ffff:198.51.100.1'))
  assert.equal(one!('198.51.100.1'), undefined)
  assert.ok(one!('198.51.100.2'))

  const gone = one!('2001:db8::1')!
  assert.ok(two!('2001:db8:0:0:ffff::2'))
  assert.equal(one!('2001:db8::3'), undefined)
  assert.ok(one!('2001:db8:0:1::3'), 'another /64')
  gone()
  assert.ok(one!('2001:db8::3'))

  for (let n = 0; n < 5; n++) assert.ok(one!('192.0.2.7'))
  emptyShares(memory.shares, 1)
  assert.ok(one!('198.51.100.1'))
  assert.equal(one!('198.51.100.1'), undefined)
})
