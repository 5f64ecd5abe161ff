// Captchas: a picture of five characters, good for one answer, right or wrong, within two minutes (settled A7).

import { randomInt, randomUUID } from 'node:crypto'
import type { Db } from '#db/open.ts'
import { networkOf } from '#lib/address.ts'
import type { Sealer } from '#lib/seal.ts'
import { insertCaptcha, takeCaptcha } from './captcha.store.ts'
import { captchaCharacters, drawCaptcha } from './captcha-image.ts'
import { take } from './throttle.ts'

const answerLength = 5
const lifeMs = 2 * 60_000
const perMinuteMax = 60

export interface CaptchaDeps {
  readonly db: Db
  readonly sealer: Sealer
}

export interface Captcha {
  readonly captchaId: string
  /** A data URL. */
  readonly image: string
}

/** `testAnswer` is the answer of all when it is given. Throws `rate_limited`. */
export async function newCaptcha(
  { db, sealer }: CaptchaDeps,
  address: string,
  testAnswer: string | undefined,
  now: Date,
): Promise<Captcha> {
  await take(db, [{ key: `captcha from ${networkOf(address)}`, max: perMinuteMax, forMs: 60_000 }], now)
  const id = randomUUID()
  const answer = testAnswer ?? Array.from({ length: answerLength }, () => captchaCharacters[randomInt(captchaCharacters.length)]).join('')
  await insertCaptcha(db, { id, answerHash: digestOf(sealer, id, answer), expiresAt: new Date(now.getTime() + lifeMs) })
  return { captchaId: id, image: drawCaptcha(answer) }
}

/** Uses the captcha up, whatever the answer is. */
export async function solveCaptcha({ db, sealer }: CaptchaDeps, id: string, answer: string, now: Date): Promise<boolean> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return false
  const row = await takeCaptcha(db, id)
  return row !== undefined && row.expiresAt > now && row.answerHash === digestOf(sealer, row.id, answer.trim())
}

const digestOf = (sealer: Sealer, id: string, answer: string) => sealer.digest('captcha', `${id} ${answer.toLowerCase()}`)
