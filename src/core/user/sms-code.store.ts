// Where the codes are kept that were sent to phones: one for each phone and purpose, the last.

import { and, eq, gt, lt, lte, type SQL, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { smsCode } from '#db/schema.ts'

export interface CodeGuess {
  readonly phoneNumber: string
  readonly scene: string
  readonly codeHash: string
}

/** A code that is to be sent, at whose wish. */
export interface SmsToSend {
  readonly appId: number | undefined
  readonly now: Date
}

/**
 * In place of the one before it. With `toSend` it is on record in the same statement that it is sent, before it is: so a kill loses no row,
 * and the time says nothing. Answers the id of that row.
 */
export async function putSmsCode(db: Db, code: CodeGuess, expiresAt: Date, toSend: SmsToSend | undefined): Promise<number | undefined> {
  const { phoneNumber, scene, codeHash } = code
  const { rows } = await db.execute<{ id: string }>(sql`
    with put as (
      insert into sms_code (phone_number, scene, code_hash, guesses, expires_at)
      values (${phoneNumber}, ${scene}, ${codeHash}, 0, ${expiresAt.toISOString()}::timestamptz)
      on conflict (phone_number, scene) do update set code_hash = excluded.code_hash, guesses = 0, expires_at = excluded.expires_at
    )
    insert into sms_send (phone_number, scene, app_id, created_at)
    select ${phoneNumber}, ${scene}, ${toSend?.appId ?? null}::integer, ${toSend?.now.toISOString() ?? null}::timestamptz
    where ${toSend !== undefined}::boolean
    returning id`)
  return rows[0] && Number(rows[0].id)
}

/** Takes the code away when the guess is right: of many who give it at once, one gets it. A wrong guess is counted against it. */
export async function takeSmsCode(db: Db, guess: CodeGuess, guessesMax: number, now: Date): Promise<boolean> {
  const lives = livesFor(guess, guessesMax, now)
  const taken = await db
    .delete(smsCode)
    .where(and(lives, eq(smsCode.codeHash, guess.codeHash)))
    .returning({ scene: smsCode.scene })
  return taken.length > 0 || countWrongGuess(db, lives)
}

/** The same, and a right guess leaves the code where it is. */
export async function matchSmsCode(db: Db, guess: CodeGuess, guessesMax: number, now: Date): Promise<boolean> {
  const lives = livesFor(guess, guessesMax, now)
  const isRight = (await db.$count(smsCode, and(lives, eq(smsCode.codeHash, guess.codeHash)))) > 0
  return isRight || countWrongGuess(db, lives)
}

async function countWrongGuess(db: Db, lives: SQL | undefined): Promise<false> {
  await db
    .update(smsCode)
    .set({ guesses: sql`${smsCode.guesses} + 1` })
    .where(lives)
  return false
}

function livesFor({ phoneNumber, scene }: CodeGuess, guessesMax: number, now: Date): SQL | undefined {
  return and(eq(smsCode.phoneNumber, phoneNumber), eq(smsCode.scene, scene), gt(smsCode.expiresAt, now), lt(smsCode.guesses, guessesMax))
}

export async function forgetEndedSmsCodes(db: Db, now: Date): Promise<void> {
  await db.delete(smsCode).where(lte(smsCode.expiresAt, now))
}
