// What slows down who guesses at passwords (settled D13, F4, B12). Three failures of an account or of a network bring the captcha; ten of
// an account from one network shut it for that network, so that nobody can shut the owner out from elsewhere; a hundred a day of an
// account bring the captcha to everybody who never signed in from where they are. Names that nobody has are counted just the same.

import type { Db } from '#db/open.ts'
import { networkOf } from '#lib/address.ts'
import type { Sealer } from '#lib/seal.ts'
import { type Attempts, type Bound, clearAttempts, countAttempt, findAttempts, findAttemptsOf } from './attempt.store.ts'
import { secondsUntil } from './throttle.ts'
import { isKnownAddress, keepKnownAddress } from './user.store.ts'

const quarterMs = 15 * 60_000
const dayMs = 86_400_000

export interface Guesser {
  /** The user's id, or what stands for a name that nobody has. */
  readonly account: string
  readonly userId: number | undefined
  /** An IPv6 address stands for its /64. */
  readonly network: string
}

export interface Standing {
  /** Seconds until this account may be tried again from this network; 0: now. */
  readonly lockedSeconds: number
  readonly needsCaptcha: boolean
  /**
   * The same as `lockedSeconds` where nobody can be shown a captcha (settled E5, F4). Failures of a network do not count there: behind one
   * are all members of a partner, whose server asks for them.
   */
  readonly barredSeconds: number
}

/** `login` is kept as a digest only: people type passwords where names belong. */
export function guesserOf(sealer: Sealer, userId: number | undefined, login: string, address: string): Guesser {
  const account = userId === undefined ? `name ${sealer.digest('login-name', login.toLowerCase())}` : `user ${userId}`
  return { account, userId, network: networkOf(address) }
}

export async function standingOf(db: Db, guesser: Guesser, now: Date): Promise<Standing> {
  const { here, account, network, day } = boundsOf(guesser)
  const found = await findAttempts(db, [here.key, account.key, network.key, day.key], now)
  const isKnown = await isKnownAddress(db, guesser.userId ?? 0, guesser.network)
  const isReached = ({ key, max }: Bound) => (found.get(key)?.count ?? 0) >= max
  const secondsOf = ({ key, forMs }: Bound) => secondsUntil((found.get(key) as Attempts).resetsAt, now, forMs)
  const lockedSeconds = isReached(here) ? secondsOf(here) : 0
  const isSpent = isReached(day) && !isKnown
  return {
    lockedSeconds,
    needsCaptcha: isReached(account) || isReached(network) || isSpent,
    barredSeconds: Math.max(lockedSeconds, isSpent ? secondsOf(day) : 0),
  }
}

export async function noteFailure(db: Db, guesser: Guesser, now: Date): Promise<void> {
  for (const bound of Object.values(boundsOf(guesser))) await countAttempt(db, bound, now)
}

/** Failures of the network stay, or who has one account could try all others without end; those of the day too. */
export async function noteSuccess(db: Db, guesser: Guesser, userId: number, now: Date): Promise<void> {
  const { here, account } = boundsOf(guesser)
  await clearAttempts(db, [here.key, account.key])
  await keepKnownAddress(db, userId, guesser.network, now)
}

export interface LockOut {
  /** From all networks, in the day that began with the first of them. */
  readonly failures: number
  /** Networks that the account is shut for, and until when. */
  readonly networks: readonly { readonly network: string; readonly endsAt: Date }[]
}

/** What keeps a user from signing in by their password, for who helps them. */
export async function lockOutOf(db: Db, userId: number, now: Date): Promise<LockOut> {
  const { here, day } = boundsOf({ account: `user ${userId}`, userId, network: '' })
  const found = await findAttemptsOf(db, here.key, now)
  const networks = found
    .filter(({ count }) => count >= here.max)
    .map(({ key, resetsAt }) => ({ network: key.slice(here.key.length), endsAt: resetsAt }))
  return { failures: (await findAttempts(db, [day.key], now)).get(day.key)?.count ?? 0, networks }
}

/** As if none had happened; those of networks, which are about whoever is there, stay. */
export async function forgetFailures(db: Db, userId: number, now: Date): Promise<void> {
  const { here, account, day } = boundsOf({ account: `user ${userId}`, userId, network: '' })
  const places = await findAttemptsOf(db, here.key, now)
  await clearAttempts(db, [account.key, day.key, ...places.map(({ key }) => key)])
}

function boundsOf({ account, network }: Guesser): Record<'here' | 'account' | 'network' | 'day', Bound> {
  return {
    here: { key: `login ${account} from ${network}`, max: 10, forMs: quarterMs, renews: true },
    account: { key: `login ${account}`, max: 3, forMs: quarterMs, renews: true },
    network: { key: `login from ${network}`, max: 3, forMs: quarterMs, renews: true },
    day: { key: `login ${account} of the day`, max: 100, forMs: dayMs },
  }
}
