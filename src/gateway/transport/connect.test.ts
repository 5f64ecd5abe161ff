import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:https'
import { type AddressInfo, createServer as createMuteServer } from 'node:net'
import { test } from 'node:test'
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls'
import { Client } from 'undici'
import { connectWithin } from './connect.ts'

// Made for this test, and good for nothing else: an authority whose key is lost, and a certificate of its for `localhost`, until 2126.
const authority = `-----BEGIN CERTIFICATE-----
MIIBlzCCAT2gAwIBAgIUZRmiVSo/IJ0BMtmvi/08lKCf3ucwCgYIKoZIzj0EAwIw
IDEeMBwGA1UEAwwVS2FpbWVuIHRlc3QgYXV0aG9yaXR5MCAXDTI2MTEyMTExMjc0
NFoYDzIxMjYxMDI4MTEyNzQ0WjAgMR4wHAYDVQQDDBVLYWltZW4gdGVzdCBhdXRo
b3JpdHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQThh/UAL1wYS0F8k8PGezm
WAMjDXvitvEZ3mwFMPog1L1CpNIHu20JA1mmHZOtQbdBZD0co1RXWvXfmfnX3EH8
o1MwUTAdBgNVHQ4EFgQUxJB33ImSp3Dl/tW7mzhQQVLMjjcwHwYDVR0jBBgwFoAU
xJB33ImSp3Dl/tW7mzhQQVLMjjcwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQD
AgNIADBFAiEA6dVtmwx0L0MEn5OhaUjvZbuB2K1H7vN5kLEvb5UOR98CICdVcbMN
2s8jQZZ7zwKPzdHs/lf+9NNGylZzeNep4oaz
-----END CERTIFICATE-----`
const certificate = `-----BEGIN CERTIFICATE-----
MIIBkTCCATagAwIBAgIUemaJ1DrNoU14LMi+ZxeqClc9e4QwCgYIKoZIzj0EAwIw
IDEeMBwGA1UEAwwVS2FpbWVuIHRlc3QgYXV0aG9yaXR5MCAXDTI2MTEyMTExMjc0
NFoYDzIxMjYxMDI4MTEyNzQ0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAQiXwxfHvYD8POQXkvlXubb9cupz2fMlvPWTELm
UCZo0XDVaVzHFolZ7rJs7mVv5h2cMbqP1jhOwTNp/Psknquco1gwVjAUBgNVHREE
DTALgglsb2NhbGhvc3QwHQYDVR0OBBYEFEAsGtTkojTXNlo6btVNs8PDsBe0MB8G
A1UdIwQYMBaAFMSQd9yJkqdw5f7Vu5s4UEFSzI43MAoGCCqGSM49BAMCA0kAMEYC
IQCqmRCkIBjosVhlA986GCCiPXnrd9noTgjipEQIS7buJwIhAN3H20wYPI4zwPCd
l5Xh460n6Q4xoTNwuEPn7TFQQra3
-----END CERTIFICATE-----`
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmc8NtOaY/kpepUM+
SdoehaLMTY01Iej3IClMs8PNqdyhRANCAAQiXwxfHvYD8POQXkvlXubb9cupz2fM
lvPWTELmUCZo0XDVaVzHFolZ7rJs7mVv5h2cMbqP1jhOwTNp/Psknquc
-----END PRIVATE KEY-----`

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
  assert.ok(tookMs >= 200 && tookMs < 350, String(tookMs))
  mute.close()
})
