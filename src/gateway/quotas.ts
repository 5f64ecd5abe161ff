// Quotas of days and months outlive a restart: what was taken of them is written to a file once a second, when it changed.
// A `kill -9` costs what was taken since; a caller may then make that many calls more.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Logger } from 'pino'
import type { Counters } from './counters.ts'

const everyMs = 1_000

export function keepQuotas(path: string, counters: Counters, log: Logger): { stop(): void } {
  for (const [key, value] of load(path)) counters.restore(key, value)
  let written = ''

  function write(): void {
    const text = counters
      .kept()
      .map(([key, value]) => `${key} ${value}\n`)
      .join('')
    if (text === written) return
    try {
      writeFileSync(`${path}.new`, text, { mode: 0o600 })
      renameSync(`${path}.new`, path)
      written = text
    } catch (error) {
      log.error({ err: error }, 'quotas cannot be kept')
    }
  }

  const timer = setInterval(write, everyMs)
  return {
    stop() {
      clearInterval(timer)
      write()
    },
  }
}

function load(path: string): [bigint, bigint][] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.flatMap((line): [bigint, bigint][] => {
    const [, key, value] = /^(-?\d+) (-?\d+)$/.exec(line) ?? []
    return key !== undefined && value !== undefined ? [[BigInt(key), BigInt(value)]] : []
  })
}
