// Where the codes are kept that were sent to phones: one for each phone and purpose, the last.

import { and, eq, gt, lt, lte, type SQL, sql } from 'drizzle-orm'
import type { Db } from '#db/open.ts'
import { smsCode } from '#db/schema.ts'

export interface CodeGuess {
  readonly phoneNumber: string
  readonly scene: string
  readonly codeHash: string
}

/** In place of the one before it. */
export async function putSmsCode(db: Db, code: CodeGuess, expiresAt: Date): Promise<void> {
  const row = { ...code, guesses: 0, expiresAt }
  await db
    .insert(smsCode)
    .values(row)
    .onConflictDoUpdate({ target: [smsCode.phoneNumber, smsCode.scene], set: { codeHash: code.codeHash, guesses: 0, expiresAt } })
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
