// Keys for passwords over their lives: the newest is given out, older ones still open what was sent under them.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { pino } from 'pino'
import { openDatabase } from '#db/open.ts'
import { createSealer } from '#lib/seal.ts'
import { newDatabase } from '../../../test/database.ts'
import { encryptPassword } from '../../../test/house.ts'
import { passwordLengthMin } from './password.ts'
import { insertTransportKey, newestTransportKeys } from './transport-key.store.ts'
import { createTransportKeys, forgetOldTransportKeys } from './transport-key.ts'

test('one key is made for all who ask first; a newer one takes its place, and both open', async () => {
  const database = await newDatabase()
  const { db, close } = await openDatabase(database.url, pino({ level: 'silent' }))
  const sealer = createSealer(randomBytes(32))
  const keys = createTransportKeys(db, sealer)
  const now = new Date()
  const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => keys.newest(now)))
  for (const other of others) assert.equal(other.keyId, first!.keyId)
  assert.equal((await newestTransportKeys(db, 9)).length, 1)

  // What another installation made: another key under the same sealer.
  const elsewhere = await newDatabase()
  const { db: elsewhereDb, close: closeElsewhere } = await openDatabase(elsewhere.url, pino({ level: 'silent' }))
  await createTransportKeys(elsewhereDb, sealer).newest(new Date(now.getTime() + 1))
  const [newer] = await newestTransportKeys(elsewhereDb, 1)
  await insertTransportKey(db, newer!)
  assert.equal((await keys.newest(now)).keyId, newer!.keyId)

  for (const { keyId, publicKey } of [first!, newer!]) {
    for (const padding of ['oaep', 'pkcs1'] as const) {
      const text = encryptPassword(publicKey, 'пароль 密码', padding)
      assert.equal(await keys.open({ text, keyId }), 'пароль 密码')
      assert.equal(await keys.open({ text, keyId: undefined }), 'пароль 密码')
    }
  }
  const sealedText = JSON.stringify(await newestTransportKeys(db, 9))
  assert.doesNotMatch(sealedText, /PRIVATE KEY/)
  await Promise.all([close(), closeElsewhere()])
  await Promise.all([database.drop(), elsewhere.drop()])
})

test('of two keys, what the other makes of it by chance is not taken for the password', async () => {
  const database = await newDatabase()
  const { db, close } = await openDatabase(database.url, pino({ level: 'silent' }))
  const keys = createTransportKeys(db, createSealer(randomBytes(32)))
  const older = await keys.newest(new Date(0))
  const { keyId } = await keys.newest(new Date())
  let text: string
  let byChance: string | undefined
  do {
    text = encryptPassword(older.publicKey, 'a good password', 'pkcs1')
    byChance = await keys.open({ text, keyId })
  } while (byChance === undefined)
  assert.equal(await keys.open({ text, keyId: undefined }), 'a good password')
  await close()
  await database.drop()
})

test('a key is given out for a month, opens for a day more, and is forgotten then', async () => {
  const database = await newDatabase()
  const { db, close } = await openDatabase(database.url, pino({ level: 'silent' }))
  const keys = createTransportKeys(db, createSealer(randomBytes(32)))
  const day = (count: number) => new Date(Date.UTC(2026, 0, 1) + count * 86_400_000)
  const first = await keys.newest(day(0))
  const text = encryptPassword(first.publicKey, 'a good password', 'oaep')
  assert.equal((await keys.newest(day(29.9))).keyId, first.keyId)
  const second = await keys.newest(day(30.1))
  assert.notEqual(second.keyId, first.keyId)
  for (const keyId of [first.keyId, undefined]) {
    await forgetOldTransportKeys(db, day(30.9))
    assert.equal(await keys.open({ text, keyId }), 'a good password')
  }
  await forgetOldTransportKeys(db, day(31.1))
  assert.equal(await keys.open({ text, keyId: first.keyId }), undefined)
  assert.equal((await keys.newest(day(31.1))).keyId, second.keyId)
  await close()
  await database.drop()
})

test('what no key opens is itself without a keyId, nothing with one, and never a password', async () => {
  const database = await newDatabase()
  const { db, close } = await openDatabase(database.url, pino({ level: 'silent' }))
  const keys = createTransportKeys(db, createSealer(randomBytes(32)))
  const { keyId } = await keys.newest(new Date())
  let refused = 0
  for (let round = 0; round < 10; round++) {
    const text = randomBytes(256).toString('base64')
    const opened = await keys.open({ text, keyId })
    assert.equal(await keys.open({ text, keyId: undefined }), opened ?? text)
    if (opened === undefined) refused++
    // What OpenSSL answers for a wrong padding is text by chance now and then.
    else assert.ok(opened.length < passwordLengthMin, opened)
  }
  assert.ok(refused >= 7, `${refused} of 10`)
  assert.equal(await keys.open({ text: 'a plain password', keyId: undefined }), 'a plain password')
  assert.equal(await keys.open({ text: 'a plain password', keyId }), undefined)
  await close()
  await database.drop()
})
