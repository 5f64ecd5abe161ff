// An app: what a partner's program is to us. Rules only; where apps are kept is `app.store.ts`.

import { createPublicKey, createSecretKey, type KeyObject, randomInt } from 'node:crypto'
import type { AppDocument, Limits } from '#core/feed/document.ts'
import { compileRanges } from '#lib/address.ts'
import type { Sealer } from '#lib/seal.ts'
import { type PublicKey, type PublicKeyAlg, readPublicKey } from '#schemes/public-key.ts'
import type { MessageKey } from '#schemes/rfc9421.ts'
import type { SecretUses } from './secret-uses.ts'

/** The schemes that a new app may use. The md5 ones are for HQ to allow, app by app. */
export const schemesOfNewApp: readonly string[] = ['openapi', 'hmac-sha256', 'rfc9421']

/** Every scheme that may stand in an app's or interface's list (settled A3). */
export const schemeNames = ['openapi', 'hmac-sha256', 'rsa2', 'sm2', 'rfc9421', 'member', 'auth-id'] as const

/** Whether it can keep a secret (settled A3). */
export const clientTypes = ['confidential', 'public'] as const

const upperAndDigits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const lowerAndDigits = '0123456789abcdefghijklmnopqrstuvwxyz'

/** 16 characters; it is public, and only has to be unlike any other. */
export function newAppId(): string {
  return randomText(lowerAndDigits, 16)
}

/** 32 characters of 0-9A-Z (source 002): 165 bits. As ASCII bytes it is the AES-256 key of the scheme `openapi`. */
export function newAppSecret(): string {
  return randomText(upperAndDigits, 32)
}

function randomText(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/** At most two secrets live at once; a third reset ends the oldest (settled F8). */
export const liveSecretsMax = 2

const noProjects: ReadonlySet<string> = new Set()
const noLimits: ReadonlyMap<number, Limits> = new Map()

interface RegisteredKey extends PublicKey {
  readonly keyId: string
}

/** An app as a caller: its document, with the secrets opened when they are first needed. */
export class CallerApp {
  readonly document: AppDocument
  readonly grants: ReadonlySet<number>
  /** Projects by what callers know them by. */
  readonly projects: ReadonlySet<string>
  /** By operation: limits of its own for this app. */
  readonly grantLimits: ReadonlyMap<number, Limits>
  readonly #sealer: Sealer
  #isAllowed: ((address: string) => boolean) | undefined
  #publicKeys: readonly RegisteredKey[] | undefined
  readonly #uses: SecretUses
  #keys: { id: number; key: KeyObject; expiresAt: number | null }[] | undefined

  /** `uses` is told of secrets whose signatures held. */
  constructor(document: AppDocument, sealer: Sealer, uses: SecretUses) {
    this.document = document
    this.grants = new Set(document.grants)
    this.projects = document.projects.length === 0 ? noProjects : new Set(document.projects)
    this.grantLimits = document.grantLimits.length === 0 ? noLimits : new Map(document.grantLimits.map((own) => [own.operationId, own]))
    this.#sealer = sealer
    this.#uses = uses
  }

  /** Whether it may call from this address. */
  isFrom(address: string): boolean {
    if (this.document.ipAllowList.length === 0) return true
    this.#isAllowed ??= compileRanges(this.document.ipAllowList)
    return this.#isAllowed(address)
  }

  /** The registered keys of this kind. */
  publicKeys(alg: PublicKeyAlg): KeyObject[] {
    return this.#readKeys()
      .filter((one) => one.alg === alg)
      .map(({ key }) => key)
  }

  /** The same, as PEM. */
  publicKeyTexts(alg: PublicKeyAlg): string[] {
    return this.document.publicKeys.filter((one) => one.alg === alg).map(({ publicKey }) => publicKey)
  }

  /** What a message signature may be made with: the secrets, or the registered key of that id. */
  messageKeys(keyId: string | undefined, now: number): MessageKey[] {
    if (keyId === undefined) return this.secrets(now).map((key) => ({ alg: 'hmac-sha256', key }))
    return this.#readKeys().flatMap((one) => (one.keyId === keyId && one.alg !== 'sm2' ? [{ alg: one.alg, key: one.key }] : []))
  }

  #readKeys(): readonly RegisteredKey[] {
    this.#publicKeys ??= this.document.publicKeys.flatMap(({ keyId, publicKey }) => {
      const read = readPublicKey(publicKey)
      return typeof read === 'string' ? [] : [{ keyId, ...read }]
    })
    return this.#publicKeys
  }

  /** The secrets that are good at `now`, newest last. */
  secrets(now: number): KeyObject[] {
    this.#keys ??= this.document.secrets.map(({ id, sealed, expiresAt }) => ({
      id,
      key: createSecretKey(Buffer.from(this.#sealer.open('app-secret', sealed))),
      expiresAt,
    }))
    return this.#keys.filter(({ expiresAt }) => expiresAt === null || now < expiresAt).map(({ key }) => key)
  }

  /** A signature under this secret held. */
  noteUse(key: KeyObject, now: number): void {
    const used = this.#keys?.find((one) => one.key === key)
    if (used) this.#uses.note(used.id, now)
  }
}

/** The same of a document that is looked at once. */
export function isFrom({ ipAllowList }: Pick<AppDocument, 'ipAllowList'>, address: string): boolean {
  return ipAllowList.length === 0 || compileRanges(ipAllowList)(address)
}

export function isExpired(app: Pick<AppDocument, 'expiresAt'>, now: number): boolean {
  return app.expiresAt !== null && app.expiresAt <= now
}

const dayMs = 86_400_000

/** Begun days until an app expires: 0 when it has, null when it never does. */
export function daysLeft(app: { readonly expiresAt: Date | null }, now: Date): number | null {
  return app.expiresAt && Math.max(0, Math.ceil((app.expiresAt.getTime() - now.getTime()) / dayMs))
}

// Nobody's keys. With them an unknown app costs about what a known one with a wrong signature does, so that neither tells on the
// other (settled F12). The private half of the public one was never kept.
export const nobodysSecret = createSecretKey(Buffer.from(newAppSecret()))
const nobodysRsaKey = [
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAw2bmpXcQHKPuwzdwhJc8yRjkC59i3drZLhjC0raHqtsgt865m+Eivtk9',
  'G2zOby1eXi2xo7Tl01S1DQ6nEOjLmW7A/7prf8nvuPWqPV1BVDPvUAGC78Th4BxZvh0Xq5Bvkjuf9jsdqrDC2QKetPHtfiv4onVI',
  'mCceqkwEzAyhXNX++ZvTyha4xGffdYeblBoJj0/2b74fHsZGN1L8B3LK7ZN1ig5SuhtNfozJyakFcAggw2OQKx7taaqg/q4/NGLR',
  'YPOJqFfUY8vUJK/dX3u2LZvxW9ohBMKPmmyYWrA8mnvP/S38o5vf9RIz/Wo+RcdNhOi73K/0vYso9QMgKhZ9xwIDAQAB',
].join('')
export const nobodysPublicKey = createPublicKey({ key: Buffer.from(nobodysRsaKey, 'base64'), format: 'der', type: 'spki' })

/** For a message signature: a secret when it names no key, as apps have it. */
export function nobodysMessageKey(keyId: string | undefined): MessageKey {
  return keyId === undefined ? { alg: 'hmac-sha256', key: nobodysSecret } : { alg: 'rsa-v1_5-sha256', key: nobodysPublicKey }
}
