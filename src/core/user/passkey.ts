// Passkeys (WebAuthn): a device signs what we ask, after it made sure who holds it. So one stands for both factors. What is asked is bound
// to one browser, good for one answer, within five minutes.

import { randomUUID } from 'node:crypto'
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { fault } from '#core/fault.ts'
import type { Db } from '#db/open.ts'
import { networkOf } from '#lib/address.ts'
import type { Sealer } from '#lib/seal.ts'
import { guesserOf } from './guess.ts'
import { findPasskey, insertChallenge, insertPasskey, notePasskeyUse, passkeysOf, takeChallenge } from './passkey.store.ts'
import type { Admitted } from './sign-in.ts'
import { take } from './throttle.ts'
import { findUser } from './user.store.ts'

export interface PasskeyDeps {
  readonly db: Db
  readonly sealer: Sealer
  now(): Date
}

/** The domain that keys belong to, and the origin whose pages may ask for them. */
export interface Place {
  readonly rpId: string
  readonly origin: string
}

/** What a browser is asked, as it takes it, and how we know it again. */
export interface Asked {
  readonly challengeId: string
  readonly options: object
}

const lifeMs = 5 * 60_000
const perMinuteMax = 60
const passkeysMax = 20

// Loaded by the first who uses one.
const library = () => import('@simplewebauthn/server')

export async function askForNewKey(
  deps: PasskeyDeps,
  { userId, username }: { userId: number; username: string },
  { rpId }: Place,
  address: string,
): Promise<Asked> {
  const { generateRegistrationOptions } = await library()
  const known = await passkeysOf(deps.db, userId)
  if (known.length >= passkeysMax) throw fault('rate_limited', { retryAfter: 3_600 })
  const options = await generateRegistrationOptions({
    rpName: 'Kaimen',
    rpID: rpId,
    userName: username,
    userID: new Uint8Array(Buffer.from(deps.sealer.digest('passkey-user', String(userId))).subarray(0, 64)),
    attestationType: 'none',
    excludeCredentials: known.map(({ id }) => ({ id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
  return { challengeId: await keep(deps, options.challenge, userId, address), options }
}

/** Throws `passkey_invalid`. */
export async function addKey(
  deps: PasskeyDeps,
  userId: number,
  name: string,
  answer: Answer<RegistrationResponseJSON>,
  place: Place,
): Promise<void> {
  const { verifyRegistrationResponse } = await library()
  const challenge = await challengeOf(deps, answer.challengeId, userId)
  const { registrationInfo } = await orInvalid(() =>
    verifyRegistrationResponse({ response: answer.response, expectedChallenge: challenge, ...expected(place) }),
  )
  if (!registrationInfo) throw fault('passkey_invalid')
  const { id, publicKey, counter } = registrationInfo.credential
  const row = {
    id,
    userId,
    name,
    publicKey: Buffer.from(publicKey).toString('base64url'),
    counter,
    createdAt: deps.now(),
    lastUsedAt: null,
  }
  if (!(await insertPasskey(deps.db, row))) throw fault('passkey_invalid')
}

/** For whoever has a key; who that is, the key tells. */
export async function askForKey(deps: PasskeyDeps, { rpId }: Place, address: string): Promise<Asked> {
  const { generateAuthenticationOptions } = await library()
  const options = await generateAuthenticationOptions({ rpID: rpId, userVerification: 'required' })
  return { challengeId: await keep(deps, options.challenge, null, address), options }
}

/** Throws `passkey_invalid`. */
export async function proveKey(
  deps: PasskeyDeps,
  answer: Answer<AuthenticationResponseJSON>,
  place: Place,
  address: string,
): Promise<Admitted> {
  const { verifyAuthenticationResponse } = await library()
  const challenge = await challengeOf(deps, answer.challengeId, null)
  const { id } = answer.response
  const row = typeof id === 'string' && id.length <= 2_000 ? await findPasskey(deps.db, id) : undefined
  const user = row && (await findUser(deps.db, row.userId))
  if (!row || !user) throw fault('passkey_invalid')
  const credential = { id: row.id, publicKey: new Uint8Array(Buffer.from(row.publicKey, 'base64url')), counter: row.counter }
  const { verified, authenticationInfo } = await orInvalid(() =>
    verifyAuthenticationResponse({ response: answer.response, expectedChallenge: challenge, credential, ...expected(place) }),
  )
  if (!verified || !(await notePasskeyUse(deps.db, row.id, authenticationInfo.newCounter, deps.now()))) throw fault('passkey_invalid')
  const guesser = guesserOf(deps.sealer, user.id, user.username, address)
  return { userId: user.id, passwordHash: user.passwordHash, rehashed: undefined, guesser, method: 'passkey' }
}

export interface Answer<Response> {
  readonly challengeId: string | undefined
  readonly response: Response
}

const expected = ({ rpId, origin }: Place) => ({ expectedOrigin: origin, expectedRPID: rpId, requireUserVerification: true })

async function keep({ db, now }: PasskeyDeps, challenge: string, userId: number | null, address: string): Promise<string> {
  await take(db, [{ key: `passkey from ${networkOf(address)}`, max: perMinuteMax, forMs: 60_000 }], now())
  const id = randomUUID()
  await insertChallenge(db, { id, challenge, userId, expiresAt: new Date(now().getTime() + lifeMs) })
  return id
}

/** Uses it up, also for an answer that is wrong, and for one that is another's. */
async function challengeOf({ db, now }: PasskeyDeps, id: string | undefined, userId: number | null): Promise<string> {
  const isId = id !== undefined && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id)
  const row = isId ? await takeChallenge(db, id, now()) : undefined
  if (!row || row.userId !== userId) throw fault('passkey_invalid')
  return row.challenge
}

// The library throws for whatever it does not like.
async function orInvalid<T>(verify: () => Promise<T>): Promise<T> {
  try {
    return await verify()
  } catch (cause) {
    throw fault('passkey_invalid', {}, { cause })
  }
}
