// One pull of a source, by schedule or on demand: take it, ask it without holding a connection to the database, write what it listed.

import { brokenConstraint, type Db } from '#db/open.ts'
import type { OutwardBounds } from '#lib/outward.ts'
import type { Sealer } from '#lib/seal.ts'
import { applyList, claimSource, noteTrouble, type Pulled } from './project-source.store.ts'
import { listProjects, SourceTrouble } from './project-source.ts'

export interface PullDeps {
  readonly sealer: Sealer
  readonly isOwn: OutwardBounds['isOwn']
  /** Ends it early. */
  readonly signal?: AbortSignal
  now(): Date
}

const timeMaxMs = 30_000

/** Undefined when there is no such source, or none that is due. What the source is to blame for is noted with it, and returned. */
export async function pull(db: Db, id: number, isScheduled: boolean, deps: PullDeps): Promise<Pulled | SourceTrouble | undefined> {
  const claim = await claimSource(db, id, deps.now(), isScheduled)
  if (!claim) return undefined
  try {
    const fieldLine = claim.credentialSealed === null ? undefined : deps.sealer.open('project-source', claim.credentialSealed)
    const late = AbortSignal.timeout(timeMaxMs)
    const signal = deps.signal ? AbortSignal.any([late, deps.signal]) : late
    const listed = await listProjects(claim.url, fieldLine, { isOwn: deps.isOwn, signal })
    return await applyList(db, claim, listed, deps.now())
  } catch (error) {
    const trouble = troubleOf(error)
    if (!trouble || deps.signal?.aborted) throw error
    await noteTrouble(db, claim, JSON.stringify({ sourceProblem: trouble.problem, ...trouble.facts }))
    return trouble
  }
}

function troubleOf(error: unknown): SourceTrouble | undefined {
  if (error instanceof SourceTrouble) return error
  // Somebody took a code by hand since we looked.
  return brokenConstraint(error) === 'project_code' ? new SourceTrouble('overtaken') : undefined
}
