// Bytes go in and come out again, on disk and in an object store; what is refused or broken off leaves nothing behind.

import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import S3rver from 's3rver'
import type { Fault } from '#core/fault.ts'
import { forgetHalfArrived, receive, TooLarge } from './arrival.ts'
import { createDiskStore } from './disk.ts'
import { extensionOf, newFileKey, plainName, typeOf } from './file.ts'
import { type FileStore, faultyStore } from './file-store.ts'
import { createS3Store } from './s3.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'kaimen-files-'))
const s3 = new S3rver({
  port: 0,
  address: '127.0.0.1',
  silent: true,
  directory: join(dataDir, 's3'),
  configureBuckets: [{ name: 'bucket', configs: [] }],
})
let s3Url = ''
before(async () => {
  const { port } = await s3.run()
  s3Url = `http://127.0.0.1:${port}/bucket`
})
after(async () => {
  await s3.close()
  rmSync(dataDir, { recursive: true })
})

const s3Settings = () => ({ endpoint: s3Url, region: 'us-east-1', accessKey: 'S3RVER', secretKey: 'S3RVER' })
const arriving = join(dataDir, 'files', 'arriving')
async function* pieces(...all: (string | Buffer)[]) {
  for (const piece of all) yield Buffer.from(piece as string)
}
async function whole(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const stores: Record<string, () => FileStore> = { disk: () => createDiskStore(dataDir), S3: () => createS3Store(s3Settings()) }
for (const [name, open] of Object.entries(stores)) {
  test(`${name}: a file is kept, read, removed`, async () => {
    const store = open()
    const key = newFileKey()
    assert.equal(await store.read(key), undefined)
    await using file = await receive(dataDir, pieces('ab', Buffer.alloc(3_000_000, 'x'), 'c'), 4_000_000)
    assert.equal(file.bytes, 3_000_003)
    await store.keep(key, file.place, 'text/plain')
    assert.deepEqual(readdirSync(arriving), [])
    assert.equal(await whole((await store.read(key))!), `ab${'x'.repeat(3_000_000)}c`)
    await store.remove(key)
    await store.remove(key)
    assert.equal(await store.read(key), undefined)
  })

  test(`${name}: only keys of ours name anything`, async () => {
    for (const key of ['../../master.key', '..%2f', '', 'A'.repeat(32), `${'a'.repeat(32)}/x`, `${'a'.repeat(31)}\0`]) {
      await assert.rejects(async () => open().read(key), /not a key of a file/)
      await assert.rejects(async () => open().keep(key, '/nowhere', 'text/plain'), /not a key of a file/)
      await assert.rejects(async () => open().remove(key), /not a key of a file/)
    }
  })
}

test('on disk they are for us alone', async () => {
  const key = newFileKey()
  await using file = await receive(dataDir, pieces('x'), 10)
  await createDiskStore(dataDir).keep(key, file.place, 'text/plain')
  assert.equal(statSync(join(dataDir, 'files', key)).mode & 0o777, 0o600)
  assert.equal(statSync(join(dataDir, 'files')).mode & 0o777, 0o700)
})

test('an object store that refuses, or is not there, is a fault of its own', async () => {
  const isTold = (error: unknown) => (error as Fault).fault === 'file_store_unavailable'
  for (const settings of [
    { ...s3Settings(), accessKey: 'nobody' },
    { ...s3Settings(), endpoint: s3Url.replace(/bucket$/, 'another') },
    { ...s3Settings(), endpoint: 'http://127.0.0.1:1/bucket' },
  ]) {
    const store = faultyStore(createS3Store(settings))
    await using file = await receive(dataDir, pieces('x'), 10)
    await assert.rejects(store.keep(newFileKey(), file.place, 'text/plain'), isTold)
  }
  assert.deepEqual(readdirSync(arriving), [])
})

// The server above does not check it.
test('requests to an object store are signed (AWS Signature Version 4)', async () => {
  const { promise, resolve } = Promise.withResolvers<IncomingMessage>()
  const server = createServer((request, response) => {
    resolve(request)
    request.resume()
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/bucket`
  const store = createS3Store({ endpoint, region: 'cn-north-1', accessKey: 'AK', secretKey: 'SK' })
  await using file = await receive(dataDir, pieces('x'), 10)
  await store.keep(newFileKey(), file.place, 'image/png')
  const { method, url, headers } = await promise
  server.close()

  const [, day, names, signature] =
    /^AWS4-HMAC-SHA256 Credential=AK\/(\d{8})\/cn-north-1\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization!,
    )!
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const fields = names!.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`)
  const canonical = [method, url, '', fields.join(''), names, headers['x-amz-content-sha256']].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], `${day}/cn-north-1/s3/aws4_request`, sha256(canonical)].join('\n')
  const key = hmac(hmac(hmac(hmac('AWS4SK', day!), 'cn-north-1'), 's3'), 'aws4_request')
  assert.equal(hmac(key, toSign).toString('hex'), signature)
  assert.ok(names!.split(';').includes('host'))
})

test('one byte too many, and a sender who goes away, leave nothing', async () => {
  await assert.rejects(receive(dataDir, pieces('12345', '678901'), 10), TooLarge)
  async function* brokenOff() {
    yield Buffer.from('half')
    throw new Error('gone')
  }
  await assert.rejects(receive(dataDir, brokenOff(), 10), /gone/)
  assert.deepEqual(readdirSync(arriving), [])
  writeFileSync(join(arriving, 'left'), 'by a platform that was killed')
  await forgetHalfArrived(dataDir)
  assert.deepEqual(readdirSync(arriving), [])
})

function check(head: string | Buffer, type: string): void {
  test(`${JSON.stringify(String(head).slice(0, 20))} is ${type}`, () => assert.equal(typeOf(Buffer.from(head as string)), type))
}
check(Buffer.from('89504e470d0a1a0a0000', 'hex'), 'image/png')
check('GIF89a<script>alert(1)</script>', 'image/gif')
check('%PDF-1.7\n', 'application/pdf')
check('PK\x03\x04', 'application/zip')
check('<html><script>alert(1)</script>', 'text/plain')
check('<svg xmlns="http://www.w3.org/2000/svg"/>', 'text/plain')
check('#!/bin/sh\n', 'text/plain')
check('车牌\t京A12345\r\n', 'text/plain')
check(Buffer.from('车').subarray(0, 2), 'application/octet-stream')
check(Buffer.concat([Buffer.from('车车'), Buffer.from('车').subarray(0, 2)]), 'text/plain')
check('\0\x01', 'application/octet-stream')
check('MZ\x90\0', 'application/octet-stream')
check('', 'application/octet-stream')

test('a name loses its folders and what no name holds', () => {
  assert.equal(plainName('../../etc/passwd'), 'passwd')
  assert.equal(plainName('C:\\Users\\x\\照片.JPG'), '照片.JPG')
  assert.equal(plainName('a\r\nb\0.jpg'), 'ab.jpg')
  for (const name of ['', '..', '.', '/', 'x/..', ' \t']) assert.equal(plainName(name), 'file', name)
  assert.equal(plainName(`${'车'.repeat(300)}.jpg`).length, 255)
  assert.equal(extensionOf('照片.JPG'), 'jpg')
  for (const name of ['x', 'x.', 'x.j pg', 'x.<b>', `x.${'a'.repeat(11)}`]) assert.equal(extensionOf(name), '', name)
})
