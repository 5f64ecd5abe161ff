// That somebody tried an interface as an app (settled F23). One row for each app and interface; triggers keep every one in the audit.

import type { Db } from '#db/open.ts'
import { trial } from '#db/schema.ts'

/** Noted before the call, so that no signature goes out without a trace. */
export async function noteTrial(db: Db, row: typeof trial.$inferInsert): Promise<void> {
  await db
    .insert(trial)
    .values(row)
    .onConflictDoUpdate({ target: [trial.appId, trial.operationId], set: { scheme: row.scheme ?? null, triedAt: row.triedAt } })
}
