// What calls with a bad signature sent (settled F20): sealed by the gateway, in a ring for each app and for each address that named none, for a day.

import { eq, lt, sql } from 'drizzle-orm'
import type { Evidence, ReportedCall } from '#core/feed/document.ts'
import type { Db } from '#db/open.ts'
import { evidence } from '#db/schema.ts'
import type { Sealer } from '#lib/seal.ts'

const lifeMs = 86_400_000
const perRingMax = 64
const allMax = 100_000

export async function recordEvidence(db: Db, calls: readonly ReportedCall[]): Promise<void> {
  const rows = calls.flatMap(({ evidence: sealed, requestId, time, appId, ip }) => {
    if (!sealed) return []
    return { requestId, time: new Date(time), ring: appId === 0 ? `ip ${ip}` : `app ${appId}`, sealed }
  })
  if (rows.length > 0) await db.insert(evidence).values(rows).onConflictDoNothing()
}

export async function findEvidence(db: Db, requestId: string, sealer: Sealer): Promise<Evidence | undefined> {
  const [row] = await db.select({ sealed: evidence.sealed }).from(evidence).where(eq(evidence.requestId, requestId))
  return row && (JSON.parse(sealer.open('evidence', row.sealed)) as Evidence)
}

export async function forgetEvidence(db: Db, now: Date): Promise<void> {
  await db.delete(evidence).where(lt(evidence.time, new Date(now.getTime() - lifeMs)))
  await db.execute(sql`
    delete from evidence using (
      select request_id, row_number() over (partition by ring order by time desc) as place_in_ring,
             row_number() over (order by time desc) as place
      from evidence) as ranked
    where evidence.request_id = ranked.request_id and (place_in_ring > ${perRingMax} or place > ${allMax})`)
}
