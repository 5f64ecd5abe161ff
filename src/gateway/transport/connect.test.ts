import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:https'
import { type AddressInfo, createServer as createMuteServer } from 'node:net'
import { test } from 'node:test'
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls'
import { Client } from 'undici'
import { authority, certificate, key } from '../../../test/certificate.ts'
import { connectWithin } from './connect.ts'

async function statusOf(url: string, timeoutMs = 2_000): Promise<number | string> {
  const client = new Client(url, { allowH2: false, connect: connectWithin(() => timeoutMs) })
  try {
    const { statusCode, body } = await client.request({ method: 'GET', path: '/' })
    await body.dump()
    return statusCode
  } catch (error) {
    return (error as { code: string }).code
  } finally {
    await client.destroy()
  }
}

test('certificates are verified: authority and name; the name is sent along (SNI), and only HTTP/1.1 is spoken', async () => {
  const asked: unknown[] = []
  const server = createServer({ key, cert: certificate, ALPNProtocols: ['h2', 'http/1.1'] }, (request, response) => {
    const socket = request.socket as TLSSocket
    asked.push([(socket as { servername?: string }).servername, socket.alpnProtocol])
    response.end()
  }).listen(0, 'localhost')
  await once(server, 'listening')
  const { port, address } = server.address() as AddressInfo
  assert.equal(await statusOf(`https://localhost:${port}`), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')

  const before = getCACertificates('default')
  setDefaultCACertificates([...before, authority])
  try {
    assert.equal(await statusOf(`https://localhost:${port}`), 200)
    assert.equal(await statusOf(`https://${address.includes(':') ? `[${address}]` : address}:${port}`), 'ERR_TLS_CERT_ALTNAME_INVALID')
  } finally {
    setDefaultCACertificates(before)
    server.close()
  }
  assert.deepEqual(asked, [['localhost', 'http/1.1']])
})

test('no connection goes to a link-local or metadata address', async () => {
  for (const host of ['169.254.169.254', '100.100.100.200', '[fe80::1]', '[fd00:ec2::254]', '[::ffff:169.254.169.254]']) {
    assert.equal(await statusOf(`http://${host}:1`), 'ERR_BARRED_ADDRESS', host)
  }
})

test('a connection that is not there in time is given up', async () => {
  // It accepts, but never begins to speak TLS.
  const mute = createMuteServer().listen(0, '127.0.0.1')
  await once(mute, 'listening')
  const begunAt = performance.now()
  assert.equal(await statusOf(`https://127.0.0.1:${(mute.address() as AddressInfo).port}`, 200), 'ERR_CONNECT_TIMEOUT')
  const tookMs = performance.now() - begunAt
  // The machine that runs this may be busy.
  assert.ok(tookMs >= 200 && tookMs < 5_000, String(tookMs))
  mute.close()
})
