// Calls the gateway over HTTP as any partner does, with bounds of time and size.

import { readFileSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { isIPv6 } from 'node:net'
import type { Config } from '#config.ts'
import { fault } from '#core/fault.ts'
import type { SignedRequest } from '#schemes/signed-request.ts'

export interface GatewayAnswer {
  readonly status: number
  readonly fields: readonly { readonly name: string; readonly value: string }[]
  readonly body: string
  /** There was more, or it did not end in time. */
  readonly truncated: boolean
  /** Milliseconds until it began. */
  readonly latencyMs: number
  readonly requestId: string | null
}

const timeMaxMs = 30_000
const bytesMax = 256 * 1024

type Place = Pick<Config, 'gatewayUrl' | 'host' | 'gatewayPort' | 'tlsCert'>

/** Where partners find the gateway. */
export function gatewayOrigin({ gatewayUrl, host, gatewayPort, tlsCert }: Place): string {
  if (gatewayUrl !== undefined) return gatewayUrl
  const near = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return new URL(`${tlsCert === undefined ? 'http' : 'https'}://${isIPv6(near) ? `[${near}]` : near}:${gatewayPort}`).origin
}

/** Throws `gateway_unreachable`, or `upstream_timeout` when no answer began in time. */
export async function callGateway(
  { method, url, fields, body }: Omit<SignedRequest, 'stringToSign'>,
  place: Place,
): Promise<GatewayAnswer> {
  const begun = performance.now()
  const deadline = AbortSignal.timeout(timeMaxMs)
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const send = url.startsWith('https:') ? httpsRequest : httpRequest
      const options: RequestOptions = { method, headers: { ...fields, ...length }, agent: false, signal: deadline, ...trustOf(place) }
      send(url, options).on('response', resolve).on('error', reject).end(body)
    })
    const latencyMs = Math.round(performance.now() - begun)
    const { headers, rawHeaders, statusCode } = response
    const lines = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [{ name, value: rawHeaders[at + 1]! }] : []))
    const requestId = typeof headers['x-request-id'] === 'string' ? headers['x-request-id'] : null
    return { status: statusCode!, fields: lines, ...(await readSome(response)), latencyMs, requestId }
  } catch (error) {
    throw fault(deadline.aborted ? 'upstream_timeout' : 'gateway_unreachable', {}, { cause: error })
  }
}

/** Our own listener is known by its certificate, whatever name that is for and whoever signed it. */
function trustOf({ gatewayUrl, tlsCert }: Place): RequestOptions {
  if (gatewayUrl !== undefined || tlsCert === undefined) return {}
  return { ca: readFileSync(tlsCert, 'utf8'), allowPartialTrustChain: true, checkServerIdentity: () => undefined }
}

/** What came until the bounds; an answer that has begun is shown as far as it went. */
async function readSome(response: IncomingMessage): Promise<{ body: string; truncated: boolean }> {
  const chunks: Buffer[] = []
  let bytes = 0
  let isWhole = true
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > bytesMax) break
    }
  } catch {
    isWhole = false
  }
  return { body: Buffer.concat(chunks).subarray(0, bytesMax).toString(), truncated: !isWhole || bytes > bytesMax }
}
