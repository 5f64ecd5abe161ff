// An app's secrets: in force, in their grace, ended, and when they were last used.

import { and, desc, eq, gt, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'
import { endGrantsOfApp } from '#core/member/grant.store.ts'
import { dropTokensOfApp } from '#core/oauth/artifact.store.ts'
import { revoke } from '#core/token/revocation.store.ts'
import type { Db } from '#db/open.ts'
import { app, appSecret } from '#db/schema.ts'
import { liveSecretsMax } from './app.ts'
import type { SecretUse } from './secret-uses.ts'

export type SecretRow = typeof appSecret.$inferSelect

/**
 * Puts a new secret in force. With a grace the newest old one lives until `graceUntil`; all others end now,
 * and without a grace every token that was made before ends too, also those of people through the app. What a new one is got for by the
 * secret stays good.
 */
export async function replaceSecret(
  db: Db,
  appId: number,
  sealed: string,
  graceUntil: Date | undefined,
  now: Date,
  updateUser: string,
): Promise<void> {
  await db.transaction(async (tx) => {
    const [locked] = await tx.select({ publicId: app.appId, tokenEpoch: app.tokenEpoch }).from(app).where(eq(app.id, appId)).for('update')
    const isLive = and(eq(appSecret.appId, appId), isNull(appSecret.endedAt))
    await tx
      .update(appSecret)
      .set({ endedAt: appSecret.expiresAt })
      .where(and(isLive, lte(appSecret.expiresAt, now)))
    const old = await tx.select().from(appSecret).where(isLive).orderBy(desc(appSecret.id))
    const kept = graceUntil ? old.slice(0, liveSecretsMax - 1) : []
    for (const secret of old) {
      const isKept = kept.includes(secret)
      const expiresAt = isKept && secret.expiresAt && secret.expiresAt < graceUntil! ? secret.expiresAt : graceUntil
      await tx
        .update(appSecret)
        .set(isKept ? { expiresAt: expiresAt! } : { endedAt: now })
        .where(eq(appSecret.id, secret.id))
    }
    await forgetEndedSecrets(tx, appId)
    await tx.insert(appSecret).values({ appId, sealed, createdAt: now })
    const tokenEpoch = locked!.tokenEpoch + (graceUntil ? 0 : 1)
    await tx.update(app).set({ tokenEpoch, updatedAt: now, updateUser }).where(eq(app.id, appId))
    if (!graceUntil) await endTokensOf(tx, appId, locked!.publicId, now)
  })
}

async function endTokensOf(tx: Db, appId: number, publicId: string, now: Date): Promise<void> {
  await endGrantsOfApp(tx, appId)
  await dropTokensOfApp(tx, publicId)
  await revoke(tx, 'app', publicId, now)
}

// A few are kept, so that a partner who still signs with one can be told so.
const endedSecretsMax = 2

async function forgetEndedSecrets(db: Db, appId: number): Promise<void> {
  const ended = await db
    .select({ id: appSecret.id })
    .from(appSecret)
    .where(and(eq(appSecret.appId, appId), isNotNull(appSecret.endedAt)))
    .orderBy(desc(appSecret.id))
    .offset(endedSecretsMax)
  if (ended.length > 0) await db.delete(appSecret).where(inArray(appSecret.id, ended.map(({ id }) => id))) // biome-ignore format: one thought
}

/** All secrets that are kept, sealed, newest first, as they were at a time: good then, or not any more. */
export async function secretsAt(db: Db, appId: number, time: Date): Promise<{ readonly sealed: string; readonly isLive: boolean }[]> {
  const rows = await db.select().from(appSecret).where(eq(appSecret.appId, appId)).orderBy(desc(appSecret.id))
  const isPast = (at: Date | null) => at !== null && at <= time
  return rows.map(({ sealed, expiresAt, endedAt }) => ({ sealed, isLive: !isPast(expiresAt) && !isPast(endedAt) }))
}

/** The secrets that are good at `now`, newest first. */
export async function liveSecrets(db: Db, appId: number, now: Date): Promise<SecretRow[]> {
  return db
    .select()
    .from(appSecret)
    .where(and(eq(appSecret.appId, appId), isNull(appSecret.endedAt), or(isNull(appSecret.expiresAt), gt(appSecret.expiresAt, now))))
    .orderBy(desc(appSecret.id))
}

/** When secrets were last used: written at most once a minute each, and no change that gateways would have to hear of. */
export async function noteSecretUses(db: Db, uses: readonly SecretUse[], now: Date): Promise<void> {
  if (uses.length === 0) return
  // In the order of the key, so that two gateways' reports cannot wait for each other in a circle. No clock's future is believed.
  await db.execute(sql`
    update app_secret set last_used_at = used.used_at
    from (select id, least(used_at, ${now.toISOString()}::timestamptz) as used_at
          from (select app_secret.id, to_timestamp(told.ms / 1000.0) as used_at
                from jsonb_to_recordset(${JSON.stringify(uses.map(([id, ms]) => ({ id, ms })))}::jsonb) as told (id integer, ms bigint)
                     join app_secret using (id)
                where last_used_at is null or last_used_at <= to_timestamp(told.ms / 1000.0) - interval '1 minute'
                order by app_secret.id
                for update of app_secret) as due) as used
    where app_secret.id = used.id`)
}
