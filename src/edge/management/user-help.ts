// Helping somebody who cannot sign in: what keeps them from it, and what an operator may do about it. Only to whom may do no more than the
// operator, and never to oneself: a session that was taken over must not get around the password that /account asks for.

import { z } from 'zod'
import { noteAct } from '#core/audit/audit.store.ts'
import { fault } from '#core/fault.ts'
import { forgetFailures, lockOutOf } from '#core/user/guess.ts'
import { deletePasskeysOf, passkeysOf } from '#core/user/passkey.store.ts'
import { countRecoveryCodes, deleteSecondFactor } from '#core/user/second-factor.store.ts'
import { codesShutUntil, forgetGuesses, hasSecondFactor } from '#core/user/second-factor.ts'
import { endSessions } from '#core/user/session.store.ts'
import { changePassword, isUser } from '#core/user/user.store.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import type { Db } from '#db/open.ts'
import { toWireTime } from '#lib/time.ts'
import { endpoint } from './endpoint.ts'
import { requireReach } from './role.ts'
import { keyId, newPasswordOf, sentPassword } from './sent-password.ts'
import { byId, timeOrNull, wireTime } from './wire.ts'

export const signInOf = endpoint({
  summary: { en: 'How a user signs in, and what keeps them from it', zh: '查询用户的登录方式与锁定情况' },
  params: byId,
  answer: z.object({
    secondFactor: z.boolean(),
    recoveryCodes: z.int().describe('Those that are left'),
    passkeys: z.int(),
    failures: z.int().describe('Wrong passwords and codes of the last day'),
    locks: z.array(z.object({ network: z.string().describe('An IPv6 one is a /64'), until: wireTime })),
    codesLockedUntil: wireTime.nullable().describe('No one-time code is taken until then'),
  }),
  async handle({ params }, deps) {
    const { db, config } = deps
    if (!(await isUser(db, params.id))) throw fault('not_found', { what: 'user' })
    const { failures, networks } = await lockOutOf(db, params.id, deps.now())
    return {
      secondFactor: await hasSecondFactor(db, params.id),
      recoveryCodes: await countRecoveryCodes(db, params.id),
      passkeys: (await passkeysOf(db, params.id)).length,
      failures,
      locks: networks.map(({ network, endsAt }) => ({ network, until: toWireTime(endsAt, config.timeZone) })),
      codesLockedUntil: timeOrNull((await codesShutUntil(deps, params.id)) ?? null, config),
    }
  },
})

export const unlockUser = endpoint({
  summary: { en: 'Forget a user’s failed sign-ins, and what they shut', zh: '解除用户的登录锁定' },
  params: byId,
  async handle({ params }, deps, viewer) {
    await requireHelp(deps.db, viewer, params.id)
    await unlock(deps.db, params.id, deps.now())
    await noteAct(deps.db, { kind: 'user', subject: params.id, after: { sign_in: 'unlocked' } })
    return null
  },
})

export const removeSecondFactor = endpoint({
  summary: {
    en: 'Remove a user’s second factor and passkeys; their sessions end, and the password alone lets them in',
    zh: '移除用户的两步验证与通行密钥（所有会话随即结束，此后仅凭密码登录）',
  },
  params: byId,
  async handle({ params }, { db }, viewer) {
    await requireHelp(db, viewer, params.id)
    await deleteSecondFactor(db, params.id)
    // On the device that was lost there may be one.
    await deletePasskeysOf(db, params.id)
    await endSessions(db, params.id)
    return null
  },
})

export const givePassword = endpoint({
  summary: { en: 'Give a user a new password; all their sessions end', zh: '为用户设置新密码（所有会话随即结束）' },
  params: byId,
  body: z.object({ newPassword: sentPassword, keyId }),
  ownTransactions: true,
  async handle({ params, body }, deps, viewer) {
    await requireHelp(deps.db, viewer, params.id)
    const password = await newPasswordOf(deps, 'newPassword', { text: body.newPassword, keyId: body.keyId ?? undefined })
    const passwordHash = await deps.passwords.hash(password)
    await deps.db.transaction(async (tx) => {
      // Whoever was given more meanwhile is not given a password too.
      await requireHelp(tx, viewer, params.id)
      await changePassword(tx, { userId: params.id, passwordHash }, deps.now())
      await unlock(tx, params.id, deps.now())
    })
    return null
  },
})

/** Throws `not_found`, `conflict` for oneself, or `forbidden`. */
async function requireHelp(db: Db, viewer: Viewer, userId: number): Promise<void> {
  if (userId === viewer.userId) throw fault('conflict', { reason: 'own_sign_in' })
  if (!(await isUser(db, userId))) throw fault('not_found', { what: 'user' })
  await requireReach(db, viewer, userId)
}

async function unlock(db: Db, userId: number, now: Date): Promise<void> {
  await forgetFailures(db, userId, now)
  await forgetGuesses(db, userId)
}
