// Asks an address that an operator chose. The connection goes to an address that was looked at, whatever the name resolves to a moment
// later; redirects are not followed; time and size are bounded (settled F26).

import { lookup } from 'node:dns'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { networkInterfaces } from 'node:os'
import { compileRanges } from './address.ts'
import { isBarredAddress } from './barred-address.ts'

export interface OutwardBounds {
  readonly bytesMax: number
  /** Whether it may lead there, besides what nobody's setting may lead to. */
  isOwn(host: string, port: number): boolean
  readonly signal: AbortSignal
}

export class OutwardError extends Error {
  readonly why: 'unreachable' | 'barred' | 'too_slow' | 'too_large'

  constructor(why: OutwardError['why'], options?: ErrorOptions) {
    super(why, options)
    this.why = why
  }
}

export interface OutwardAnswer {
  readonly status: number
  readonly text: string
}

/** By GET, or with a body by POST. Throws an `OutwardError`. */
export async function askOutward(url: URL, headers: Record<string, string>, bounds: OutwardBounds, body?: string): Promise<OutwardAnswer> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = portOf(url)
  const isAllowed = (address: string) => !isBarredAddress(address) && !bounds.isOwn(address, port)
  // A literal address is never looked up.
  if (isIP(host) !== 0 && !isAllowed(host)) throw new OutwardError('barred')
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest
      const method = body === undefined ? 'GET' : 'POST'
      const options = { method, headers: { ...headers, 'accept-encoding': 'identity' }, agent: false as const, signal: bounds.signal }
      send(url, { ...options, lookup: lookupAllowed(isAllowed) })
        .on('response', resolve)
        .on('error', reject)
        .end(body)
    })
    return { status: response.statusCode!, text: await readWhole(response, bounds.bytesMax) }
  } catch (error) {
    if (error instanceof OutwardError) throw error
    throw new OutwardError(bounds.signal.aborted ? 'too_slow' : 'unreachable', { cause: error })
  }
}

/** The field that a whole line of a head is, if there is one. */
export function fieldOf(line: string | undefined): Record<string, string> {
  if (line === undefined) return {}
  const colon = line.indexOf(':')
  return { [line.slice(0, colon)]: line.slice(colon + 1).trim() }
}

function lookupAllowed(isAllowed: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0)
      const allowed = found.filter(({ address }) => isAllowed(address))
      const first = allowed[0]
      if (!first) callback(new OutwardError('barred'), '', 0)
      else if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}

async function readWhole(response: IncomingMessage, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bytesMax) {
      response.destroy()
      throw new OutwardError('too_large')
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

export function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
}

/**
 * Tells whether something is a listener of this machine on one of the ports. Names are not looked up; `name` is what we call ourselves, and
 * `localhost` nobody else (RFC 6761).
 */
export function ownListeners(name: string, ports: readonly number[]): OutwardBounds['isOwn'] {
  return (host, port) => ports.includes(port) && (host === name || isThisMachine(host))
}

function isThisMachine(host: string): boolean {
  if (/^(.*\.)?localhost$/.test(host)) return true
  const interfaces = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  return compileRanges(['127.0.0.0/8', '0.0.0.0', '::1', '::', ...interfaces.map((one) => one.address)])(host)
}
