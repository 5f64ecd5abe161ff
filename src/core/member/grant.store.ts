// Where logins of members are kept, and which of their refresh tokens is the good one.

import { randomUUID } from 'node:crypto'
import { and, eq, isNull, lte } from 'drizzle-orm'
import { revoke } from '#core/token/revocation.store.ts'
import type { Db } from '#db/open.ts'
import { memberGrant, user } from '#db/schema.ts'

export type MemberGrant = typeof memberGrant.$inferSelect

/** Whom a grant is for, and until when. */
export interface NewGrant {
  readonly userId: string
  /** The app's row. */
  readonly appId: number
  readonly expiresAt: Date
  readonly profile: MemberGrant['profile']
}

export async function findGrant(db: Db, id: string): Promise<MemberGrant | undefined> {
  const [grant] = await db.select().from(memberGrant).where(eq(memberGrant.id, id))
  return grant
}

export async function beginGrant(db: Db, grant: NewGrant): Promise<MemberGrant> {
  const [made] = await db
    .insert(memberGrant)
    .values({ id: randomUUID(), ...grant, rotation: 0 })
    .returning()
  return made!
}

/**
 * The same for one of our users, who proved the password of `passwordHash`; undefined when it is not theirs any more. The user's row is
 * held meanwhile: a password that changes at this moment ends this grant too.
 */
export async function beginGrantOfUser(db: Db, grant: NewGrant, passwordHash: string): Promise<MemberGrant | undefined> {
  return db.transaction(async (tx) => {
    const proven = and(eq(user.id, Number(grant.userId)), eq(user.passwordHash, passwordHash), isNull(user.deletedAt))
    const [held] = await tx.select({ id: user.id }).from(user).where(proven).for('update')
    return held && beginGrant(tx, grant)
  })
}

/**
 * The grant, turned to its next refresh token; of many who send one refresh token at once, one gets it. Whoever sends it once more has what
 * somebody else used: the grant ends, with all its tokens. A moment of grace for those who race would be one for thieves too.
 */
export async function rotateGrant(db: Db, id: string, rotation: number, now: Date): Promise<MemberGrant | undefined> {
  return db.transaction(async (tx) => {
    const [grant] = await tx.select().from(memberGrant).where(eq(memberGrant.id, id)).for('update')
    if (!grant || grant.expiresAt <= now) return undefined
    if (grant.rotation !== rotation) {
      await endGrant(tx, id, now)
      return undefined
    }
    const [turned] = await tx
      .update(memberGrant)
      .set({ rotation: rotation + 1 })
      .where(eq(memberGrant.id, id))
      .returning()
    return turned
  })
}

async function endGrant(tx: Db, id: string, now: Date): Promise<void> {
  await tx.delete(memberGrant).where(eq(memberGrant.id, id))
  await revoke(tx, 'grant', id, now)
}

/** Nothing can be refreshed any more that the person had; the tokens themselves are ended by a revocation. */
export async function endGrantsOf(db: Db, userId: string): Promise<void> {
  await db.delete(memberGrant).where(eq(memberGrant.userId, userId))
}

/** The same for all members of an app. */
export async function endGrantsOfApp(db: Db, appId: number): Promise<void> {
  await db.delete(memberGrant).where(eq(memberGrant.appId, appId))
}

export async function forgetEndedGrants(db: Db, now: Date): Promise<void> {
  await db.delete(memberGrant).where(lte(memberGrant.expiresAt, now))
}
