// Pulls projects from their sources when their time has come: a look every five seconds, a few sources at once, each by one platform only.

import type { Logger } from 'pino'
import { dueSources } from '#core/project/project-source.store.ts'
import { type PullDeps, pull } from '#core/project/pull.ts'
import type { Actor } from '#db/actor.ts'
import type { Db } from '#db/open.ts'
import { startLooks } from './looks.ts'

const everyMs = 5_000
const atOnceMax = 4

export interface PullsDeps extends Omit<PullDeps, 'signal'> {
  readonly db: Db
  dbAs(actor: Actor): Db
  readonly log: Logger
}

export function startPulls(deps: PullsDeps): { stop(): Promise<void> } {
  return startLooks({ everyMs, log: deps.log, onFailure: 'pulling projects failed; it is tried again' }, (signal) => pullDue(deps, signal))
}

export async function pullDue({ db, dbAs, log, ...deps }: PullsDeps, signal: AbortSignal): Promise<void> {
  const due = await dueSources(db, deps.now(), atOnceMax)
  const outcomes = await Promise.allSettled(
    due.map(async ({ id, name }) => {
      const outcome = await pull(dbAs({ route: `pull of project source ${id}` }), id, true, { ...deps, signal })
      if (outcome instanceof Error) log.warn({ source: name, problem: outcome.problem, ...outcome.facts }, 'a source of projects failed')
    }),
  )
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed) throw failed.reason
}
