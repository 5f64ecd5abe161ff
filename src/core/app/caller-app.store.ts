// An app as the platform meets it behind a token: whether it may do anything, and what.

import { and, eq, isNull } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { app, user } from '#db/schema.ts'

export interface CallerAppRow {
  readonly id: number
  readonly appId: string
  readonly enabled: boolean
  readonly expiresAt: Date | null
  readonly internal: boolean
  readonly tokenEpoch: number
  readonly ipAllowList: readonly string[]
  readonly grantedScopes: readonly string[]
}

/** By its public id; undefined when it, or its owner, is deleted. */
export async function findCallerApp(db: Db, appId: string): Promise<CallerAppRow | undefined> {
  const [row] = await db
    .select({
      id: app.id,
      appId: app.appId,
      enabled: app.enabled,
      expiresAt: app.expiresAt,
      internal: app.internal,
      tokenEpoch: app.tokenEpoch,
      ipAllowList: app.ipAllowList,
      grantedScopes: app.grantedScopes,
    })
    .from(app)
    .innerJoin(user, and(eq(user.id, app.userId), isNull(user.deletedAt)))
    .where(and(eq(app.appId, appId), isNull(app.deletedAt)))
  return row
}
