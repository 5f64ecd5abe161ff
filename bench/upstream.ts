// The service that all peers lead to: it answers everything with the same 1 KB of JSON.

import { startNginxUpstream } from './nginx.ts'
import { type Running, startNode } from './process.ts'

const bytes = 1_024
const empty = JSON.stringify({ code: 1_000_000, data: '' })
export const upstreamAnswer = JSON.stringify({ code: 1_000_000, data: 'k'.repeat(bytes - empty.length) })

export function startUpstream(nginx: string | undefined, folder: string): Promise<Running> {
  return nginx === undefined ? startNode('upstream-process.ts', [], {}) : startNginxUpstream(nginx, folder, upstreamAnswer)
}
