// Passwords: the key that they may be encrypted under, changing one's own, and setting a new one by a code that a phone received.

import { z } from 'zod'
import { fault } from '#core/fault.ts'
import { guesserOf, noteSuccess } from '#core/user/guess.ts'
import { proveAgain } from '#core/user/sign-in.ts'
import { countCodeGuess, useSmsCode } from '#core/user/sms-code.ts'
import { changePassword, findUser, findUserByPhone } from '#core/user/user.store.ts'
import { endpoint, openEndpoint } from './endpoint.ts'
import { keyId, newPasswordOf, refusePlain, sentPassword } from './sent-password.ts'
import { id, phoneNumber, text } from './wire.ts'

export const publicKey = openEndpoint({
  summary: { en: 'The RSA key to encrypt passwords under', zh: '获取加密密码用的 RSA 公钥' },
  answer: z.object({ publicKey: z.string().describe('SPKI PEM, 2048 bits'), keyId: z.string() }),
  async handle(_, deps) {
    const { publicKey, keyId } = await deps.transportKeys.newest(deps.now())
    return { publicKey, keyId }
  },
})

export const updatePassword = endpoint({
  summary: { en: 'Change one’s own password; all other sessions end', zh: '修改密码（其他会话随即失效）' },
  body: z.object({ oldPassword: sentPassword, newPassword: sentPassword, keyId }),
  ownTransactions: true,
  async handle({ body, address }, deps, viewer) {
    const sentUnder = body.keyId ?? undefined
    const sentOld = { text: body.oldPassword, keyId: sentUnder }
    refusePlain(deps.config, 'oldPassword', sentOld)
    const newPassword = await newPasswordOf(deps, 'newPassword', { text: body.newPassword, keyId: sentUnder })
    const user = await findUser(deps.db, viewer.userId)
    if (!user) throw fault('unauthorized')

    const passwordHash = await proveAgain(deps, user, sentOld, address, (argon) => argon.hash(newPassword))
    const change = { userId: user.id, passwordHash, provenHash: user.passwordHash, sessionKept: viewer.sessionId }
    if (!(await changePassword(deps.db, change, deps.now()))) throw fault('login_failed')
    await noteSuccess(deps.db, guesserOf(deps.sealer, user.id, user.username, address), user.id, deps.now())
    return null
  },
})

export const resetPassword = openEndpoint({
  summary: { en: 'Set a new password by a code that the phone received; all sessions end', zh: '凭短信验证码重置密码（所有会话随即失效）' },
  body: z
    .object({
      userId: id.nullish(),
      phoneNumber: phoneNumber.nullish().describe('This or userId'),
      newPassword: sentPassword,
      keyId,
      smsCode: text(16).min(1).describe('From /openapi/user/smsCode with the scene reset'),
    })
    .refine((body) => body.userId != null || body.phoneNumber != null, { path: ['phoneNumber'] }),
  async handle({ body, address }, deps) {
    const newPassword = await newPasswordOf(deps, 'newPassword', { text: body.newPassword, keyId: body.keyId ?? undefined })
    const user = body.phoneNumber == null ? await findUser(deps.db, body.userId!) : await findUserByPhone(deps.db, body.phoneNumber)
    // Of a user who is not there, or has no phone, everything is done as for the others: no code was ever sent to such a name (settled F5).
    const phone = user?.phoneNumber ?? body.phoneNumber ?? `of user ${body.userId}`
    await countCodeGuess(deps.db, phone, deps.now())
    await deps.passwords.inTurn(async (argon) => {
      const isProven = await useSmsCode(deps, { phoneNumber: phone, scene: 'reset', code: body.smsCode }, deps.now())
      // A code that was given for both forms at once proves the phone, and not that the other one is its owner.
      const isSame = user !== undefined && (body.userId == null || body.userId === user.id)
      if (!isProven || !isSame) throw fault('sms_code_invalid')
      const passwordHash = await argon.hash(newPassword)
      if (!(await changePassword(deps.db, { userId: user.id, passwordHash }, deps.now()))) throw fault('sms_code_invalid')
      await noteSuccess(deps.db, guesserOf(deps.sealer, user.id, user.username, address), user.id, deps.now())
    })
    return null
  },
})
