// Where revocations of user tokens are kept; triggers announce them on the feed like every other change.

import { and, eq, gte, inArray, lt, or, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { change, revocation } from '#db/schema.ts'
import { type RevocationSubject, revocationLifeMs, subjectsOf } from './revocation.ts'
import type { VerifiedUserToken } from './user-token.ts'

/**
 * Ends the user token of that id, those of the grant, or those that the person, or the app (by its public id), has by now; on every gateway within a second. In a transaction
 * it comes last: what was made while that one waited for its locks is older than this.
 */
export async function revoke(db: Db, subject: RevocationSubject, value: string, now: Date): Promise<void> {
  const revokedAt = sql<Date>`${now}::timestamptz + (clock_timestamp() - transaction_timestamp())`
  const until = new Date(now.getTime() + revocationLifeMs)
  await db
    .insert(revocation)
    .values({ subject, value, revokedAt, until })
    .onConflictDoUpdate({
      target: [revocation.subject, revocation.value],
      // A clock that was set back must not take back what was ended.
      set: {
        revokedAt: sql`greatest(${revocation.revokedAt}, excluded.revoked_at)`,
        until: sql`greatest(${revocation.until}, excluded.until)`,
      },
    })
}

export async function isRevoked(db: Db, token: VerifiedUserToken): Promise<boolean> {
  const names = subjectsOf(token).map(([subject, value]) => and(eq(revocation.subject, subject), eq(revocation.value, value)))
  const isMeant = or(inArray(revocation.subject, ['jti', 'grant']), gte(revocation.revokedAt, new Date(token.issuedAt)))
  return (await db.$count(revocation, and(or(...names), isMeant))) > 0
}

/** A gateway's clock may be behind ours; its tokens then end later than here. */
const behindMsMax = 3_600_000

/**
 * Deletes what no token can need any more, and its row in `change` too: gateways forget by themselves, and need no tombstone. The newest
 * row of `change` stays, for it says how far revisions have come.
 */
export async function forgetEndedRevocations(db: Db, now: Date): Promise<void> {
  await db.delete(revocation).where(lt(revocation.until, new Date(now.getTime() - behindMsMax)))
  await db
    .delete(change)
    .where(
      and(
        eq(change.kind, 'revocation'),
        sql`not exists (select from ${revocation} where ${revocation.id} = ${change.id})`,
        sql`${change.revision} < (select max(revision) from ${change} as newest)`,
      ),
    )
}
