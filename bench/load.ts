// The load: wrk with calls that were signed beforehand.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export interface Load {
  readonly url: string
  readonly file: string
  readonly count: number
  readonly connections: number
}

export interface LoadResult {
  readonly calls: number
  readonly us: number
  readonly p50Us: number
  readonly p99Us: number
  /** Answers with a status of 400 or more. */
  readonly refused: number
  /** Connections that failed, were cut or answered too late. */
  readonly broken: number
}

/** How many more calls than `count` the file must hold. */
export const spareCalls = ({ connections }: Pick<Load, 'connections'>) => connections * 2

/** A peer that needs longer answered fewer calls; what it did answer counts. */
const secondsMax = 30

/** Any call that was not answered well is an error. */
export async function runLoad(wrk: string, { url, file, count, connections }: Load, signal: AbortSignal): Promise<LoadResult> {
  const script = join(import.meta.dirname, 'load.lua')
  const args = ['-t1', `-c${connections}`, `-d${secondsMax}s`, '--timeout', '10s', '-s', script, url, '--', file, String(count)]
  const child = spawn(wrk, args, { stdio: ['ignore', 'pipe', 'inherit'], signal })
  const output: string[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text))
  const [code] = await once(child, 'close')
  const line = output
    .join('')
    .split('\n')
    .find((one) => one.startsWith('{'))
  if (code !== 0 || line === undefined) throw new Error(`wrk ended with ${code}: ${output.join('')}`)
  const result = JSON.parse(line) as LoadResult
  if (result.refused > 0 || result.broken > 0) {
    throw new Error(`of ${result.calls} calls to ${url} ${result.refused} were refused and ${result.broken} failed; nothing is measured`)
  }
  return result
}
