// Opens connections to targets, in the time that the service gives, and to no address that is barred, whatever its name resolves to.
// Certificates are verified as Node does; NODE_EXTRA_CA_CERTS names the authorities of the house.

import { type LookupAddress, lookup } from 'node:dns'
import type { LookupFunction, Socket } from 'node:net'
import type { buildConnector as Connectors } from 'undici'
import { isBarredAddress } from '#lib/barred-address.ts'
import { buildConnector } from '#lib/undici.ts'

/** `timeoutMs` is asked for each connection, TLS included. Only HTTP/1.1 is offered. */
export function connectWithin(timeoutMs: () => number): Connectors.connector {
  // Its own timer looks about twice a second; connections are rare enough for an exact one.
  const connect = buildConnector({ timeout: 0, allowH2: false, lookup: lookupAllowed }) as unknown as (
    ...given: Parameters<Connectors.connector>
  ) => Socket
  return (options, callback) => {
    const address = options.hostname.replace(/^\[|\]$/g, '')
    if (isBarredAddress(address)) return queueMicrotask(() => callback(barred(address), null))
    const socket = connect(options, (...result) => {
      clearTimeout(timer)
      callback(...result)
    })
    const timer = setTimeout(() => socket.destroy(tooLate()), timeoutMs())
  }
}

const lookupAllowed: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, options, (error: NodeJS.ErrnoException | null, found: string | LookupAddress[], family?: number) => {
    if (error) return callback(error, '', 0)
    if (typeof found === 'string') return isBarredAddress(found) ? callback(barred(hostname), '', 0) : callback(null, found, family)
    const allowed = found.filter(({ address }) => !isBarredAddress(address))
    if (allowed.length > 0) callback(null, allowed)
    else callback(barred(hostname), '', 0)
  })
}

const barred = (host: string) => Object.assign(new Error(`${host} is an address that no service may have`), { code: 'ERR_BARRED_ADDRESS' })
const tooLate = () => Object.assign(new Error('the connection took too long'), { code: 'ERR_CONNECT_TIMEOUT' })
