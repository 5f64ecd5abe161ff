// Passwords that arrive encrypted (contract §1; settled F6): Base64 of RSA-2048, as OAEP with SHA-256 or as PKCS#1 v1.5. The key pair is
// made when the first browser asks for it, because it costs as much as a start; the newest is given out until it is a month old, and
// for a day more opens what was sent under it.

import { constants, createPrivateKey, generateKeyPair, type KeyObject, privateDecrypt, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { Db } from '#db/open.ts'
import type { Sealer } from '#lib/seal.ts'
import { decodeUtf8 } from '#lib/utf8.ts'
import {
  deleteTransportKeys,
  findTransportKey,
  insertTransportKey,
  newestTransportKeys,
  type TransportKeyRow,
} from './transport-key.store.ts'

const makeKeyPair = promisify(generateKeyPair)

/** A password as it was sent. */
export interface SentPassword {
  readonly text: string
  /** Says that it is encrypted, and under which key. */
  readonly keyId: string | undefined
}

export interface TransportKeys {
  /** The one to encrypt under. */
  newest(now: Date): Promise<{ keyId: string; publicKey: string }>
  /** The password; undefined when it was sent encrypted and cannot be decrypted, which is a wrong password and nothing else. */
  open(sent: SentPassword): Promise<string | undefined>
}

/** 256 bytes in Base64, as every RSA-2048 ciphertext is. */
const isCiphertext = (text: string) => /^[A-Za-z0-9+/]{342}(==)?$/.test(text)

export function isSentPlain({ text, keyId }: SentPassword): boolean {
  return keyId === undefined && !isCiphertext(text)
}

const dayMs = 86_400_000
const givenOutMs = 30 * dayMs
/** A page may have been open for long when its form is sent. */
const overlapMs = dayMs

/** Without a keyId only so many keys are tried. */
const triedMax = 3

export function createTransportKeys(db: Db, sealer: Sealer): TransportKeys {
  let making: Promise<TransportKeyRow> | undefined

  async function make(now: Date): Promise<TransportKeyRow> {
    const { publicKey, privateKey } = await makeKeyPair('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
    const keyId = randomBytes(8).toString('hex')
    const row = { keyId, publicKey, privateKeySealed: sealer.seal('transport-key', privateKey), createdAt: now }
    await insertTransportKey(db, row)
    return row
  }

  const opened = (row: TransportKeyRow) => createPrivateKey(sealer.open('transport-key', row.privateKeySealed))

  async function keysFor(keyId: string | undefined): Promise<KeyObject[]> {
    if (keyId === undefined) return (await newestTransportKeys(db, triedMax)).map(opened)
    const row = await findTransportKey(db, keyId)
    return row ? [opened(row)] : []
  }

  return {
    async newest(now) {
      const [known] = await newestTransportKeys(db, 1)
      if (known && known.createdAt.getTime() > now.getTime() - givenOutMs) return known
      // Who asks meanwhile gets the same one.
      making ??= make(now).finally(() => {
        making = undefined
      })
      return making
    },

    async open({ text, keyId }) {
      if (!isCiphertext(text)) return keyId === undefined ? text : undefined
      const keys = await keysFor(keyId)
      const bytes = Buffer.from(text, 'base64')
      for (const decrypt of [decryptOaep, decryptPkcs1]) {
        const plain = longest(keys.map((key) => decrypt(key, bytes)))
        if (plain !== undefined) return plain
      }
      return keyId === undefined ? text : undefined
    },
  }
}

export async function forgetOldTransportKeys(db: Db, now: Date): Promise<void> {
  await deleteTransportKeys(db, new Date(now.getTime() - givenOutMs - overlapMs))
}

function decryptOaep(key: KeyObject, bytes: Buffer): string | undefined {
  try {
    return readable(privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, bytes))
  } catch {
    return undefined
  }
}

// A wrong padding is no error: OpenSSL answers bytes that look like chance and are the same each time (implicit rejection), so that
// nobody learns from us what was wrong with the padding. One in 400 times they are text, of so few characters that no password is.
function decryptPkcs1(key: KeyObject, bytes: Buffer): string | undefined {
  try {
    return readable(privateDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, bytes))
  } catch {
    return undefined
  }
}

/** The password rather than what another key makes of it. */
function longest(texts: (string | undefined)[]): string | undefined {
  return texts.filter((text) => text !== undefined).sort((a, b) => b.length - a.length)[0]
}

function readable(bytes: Buffer): string | undefined {
  const text = decodeUtf8(bytes)
  return text === undefined || text === '' || /\p{Cc}/u.test(text) ? undefined : text
}
