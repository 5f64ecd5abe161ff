// Apps that end soon, each for as long as its owner was not told so.

import { and, arrayContains, asc, eq, gt, inArray, isNotNull, isNull, lte, or } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { app, eventChoice, user } from '#db/schema.ts'

/** Days before the end of an app at which its owner is told. */
const warnedDays = [30, 7, 1] as const

export interface ExpiringApp {
  readonly id: number
  readonly name: string
  readonly appId: string
  readonly expiresAt: Date
  /** The owner's. */
  readonly email: string | null
}

/**
 * Has `tell` told of each app whose owner, having a mail address, was not told of its present step yet; they count as told when it
 * resolves. A few at a time: the rest comes with the next call.
 */
export async function takeExpiring(db: Db, now: Date, tell: (tx: Db, apps: readonly ExpiringApp[]) => Promise<void>): Promise<void> {
  await db.transaction(async (tx) => {
    const told: ExpiringApp[] = []
    for (const [at, days] of warnedDays.entries()) {
      const rows = await tx
        .select({ id: app.id, name: app.name, appId: app.appId, expiresAt: app.expiresAt, email: user.email })
        .from(app)
        .innerJoin(user, and(eq(user.id, app.userId), isNull(user.deletedAt)))
        .leftJoin(eventChoice, eq(eventChoice.appId, app.id))
        .where(
          and(
            isNull(app.deletedAt),
            // Somebody can be told.
            or(isNotNull(user.email), arrayContains(eventChoice.subscribed, ['app.expiring'])),
            gt(app.expiresAt, daysAfter(now, warnedDays[at + 1] ?? 0)),
            lte(app.expiresAt, daysAfter(now, days)),
            or(isNull(app.expiryWarnedDays), gt(app.expiryWarnedDays, days)),
          ),
        )
        .orderBy(asc(app.id))
        .limit(toldAtOnceMax)
        // Two platforms do not tell of the same one.
        .for('update', { of: app, skipLocked: true })
      const ids = rows.map(({ id }) => id)
      if (ids.length > 0) await tx.update(app).set({ expiryWarnedDays: days }).where(inArray(app.id, ids))
      told.push(...rows.map((row) => ({ ...row, expiresAt: row.expiresAt! })))
    }
    if (told.length > 0) await tell(tx, told)
  })
}

const toldAtOnceMax = 500
const daysAfter = (now: Date, days: number) => new Date(now.getTime() + days * 86_400_000)
