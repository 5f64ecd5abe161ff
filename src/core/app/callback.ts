// Where an app wants events: an address that a stranger chose and that we shall connect to (settled A8, F26). It is judged when it is
// set, for its owner's sake, and has to be judged again at each delivery: names can be made to lead elsewhere.

import { compileRanges } from '#lib/address.ts'
import { isPublicAddress, resolveHost, scopeOf } from '#lib/public-address.ts'

export interface CallbackRule {
  /** Whether private addresses will do; those that are neither public nor private (link-local, metadata, …) never do by this. */
  readonly allowPrivate: boolean
  /** Ranges that will do whatever they are. */
  readonly allowed: readonly string[]
}

/** Which addresses events may be sent to. */
export function callbackAddresses({ allowPrivate, allowed }: CallbackRule): (address: string) => boolean {
  const isListed = compileRanges(allowed)
  return (address) => isPublicAddress(address) || (allowPrivate && scopeOf(address) === 'private') || isListed(address)
}

/** What is wrong with a callback address; each has its sentence. */
export type CallbackProblem = 'callback_url' | 'callback_private'

const resolveMsMax = 3_000
const lengthMax = 500

/**
 * The address as it is kept: origin and path, without a slash at the end, for paths of events are put behind it. A name that leads
 * nowhere now is taken: it may tomorrow, or for those who deliver.
 */
export async function readCallback(text: string, isAllowed: (address: string) => boolean): Promise<{ url: string } | CallbackProblem> {
  // A parser of URLs would drop tabs and line breaks, and take a backslash for a slash: nobody means that.
  if (!/^https?:\/\/[^\s\\]+$/i.test(text) || text.length > lengthMax) return 'callback_url'
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '' || /[?#]/.test(text)) return 'callback_url'
  // Afterwards the host of an IPv4 address is in four decimal numbers, however it was spelled.
  const { refused } = await resolveHost(url.hostname, isAllowed, resolveMsMax)
  return refused.length > 0 ? 'callback_private' : { url: `${url.origin}${url.pathname.replace(/\/+$/, '')}` }
}
