// Where the answers of captchas are kept until somebody gives one.

import { eq, lte } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { captcha } from '#db/schema.ts'

export type CaptchaRow = typeof captcha.$inferSelect

export async function insertCaptcha(db: Db, row: CaptchaRow): Promise<void> {
  await db.insert(captcha).values(row)
}

/** Takes it away: of many who answer at once, one gets it. */
export async function takeCaptcha(db: Db, id: string): Promise<CaptchaRow | undefined> {
  const [row] = await db.delete(captcha).where(eq(captcha.id, id)).returning()
  return row
}

export async function forgetEndedCaptchas(db: Db, now: Date): Promise<void> {
  await db.delete(captcha).where(lte(captcha.expiresAt, now))
}
