// Of people: what an app may know of the one who signed in through it, registration, and changes (source 003 §2; settled F1, F7, C16).

import { z } from 'zod'
import { fault, problem } from '#core/fault.ts'
import { developerRole } from '#core/role/permission.ts'
import { allDetails, tellDetails } from '#core/user/detail.store.ts'
import { detailsOnWire, flawOf } from '#core/user/detail.ts'
import { openIdOf } from '#core/user/openid.store.ts'
import { countCodeGuess, useSmsCode } from '#core/user/sms-code.ts'
import { orConflict, refuseAnothers } from '#core/user/taken.ts'
import { take } from '#core/user/throttle.ts'
import { findUser, insertUser, type UserRow, updateUser } from '#core/user/user.store.ts'
import { keyId, newPasswordOf, sentPassword } from '#edge/management/sent-password.ts'
import { username } from '#edge/management/user.ts'
import { given, idText, phoneNumber, text, wireTime } from '#edge/management/wire.ts'
import { toWireTime } from '#lib/time.ts'
import { type CallerWithPerson, forApps, forPeople, type UcenterDeps } from './endpoint.ts'
import { idsAnswer, idsOf } from './who.ts'

const answer = z.object({
  ...idsAnswer,
  username: z.string(),
  email: z.string().describe('"" when the person has none, or the app may not know'),
  phone: z.string().describe('The same'),
  details: z.record(z.string(), z.object({ title: z.string(), value: z.string() })),
})

export const getUser = forPeople({
  summary: { en: 'The person who signed in; to an internal app anybody', zh: '获取用户信息' },
  done: 'userTold',
  fields: z.object({ user_id: idText.optional().describe('Of somebody else: internal apps only') }),
  answer,
  async handle({ fields }, deps, caller) {
    if (fields.user_id === undefined) return onWire(caller.person.user, caller, deps)
    // A third party that could name ids would learn whose they are.
    if (!caller.app.internal) throw fault('internal_app_needed', { name: 'user_id' })
    const user = await findUser(deps.db, fields.user_id)
    if (!user) throw fault('not_found', { what: 'user' })
    return onWire(user, caller, deps)
  },
})

export const registerUser = forApps({
  summary: { en: 'Register a person by a phone and a code of /api/sms/code', zh: '用户注册' },
  done: 'registered',
  fields: z.object({ phone: phoneNumber, password: sentPassword, keyId, code: text(16).min(1) }),
  answer: z.object({ ...idsAnswer, username: z.string(), phone: z.string(), created_at: wireTime }),
  async handle({ fields: { phone, code, ...sent } }, deps, caller) {
    const password = await newPasswordOf(deps, 'password', { text: sent.password, keyId: sent.keyId ?? undefined })
    // Before anything costly is done.
    await countCodeGuess(deps.db, phone, deps.now())
    const passwordHash = await deps.passwords.hash(password)
    const person = { username: phone, passwordHash, phoneNumber: phone, nickname: null }
    const user = await orConflict({ username: phone, phoneNumber: phone }, () =>
      deps.db.transaction(async (tx) => {
        // When the rest fails, the code is good for another try; a wrong one is counted, so no throw may undo that.
        if (!(await useSmsCode({ ...deps, db: tx }, { phoneNumber: phone, scene: 'app', code }, deps.now()))) return undefined
        await refuseAnothers(tx, { phoneNumber: phone }, undefined)
        return insertUser(tx, person, deps.config.ucenterDevelopers ? [developerRole] : [], deps.now())
      }),
    )
    if (!user) throw fault('sms_code_invalid')
    const openId = await openIdOf(deps.db, String(user.id), caller.app.id)
    return {
      ...(await idsOf(deps.db, caller.app, user.id, openId)),
      username: user.username,
      phone,
      created_at: toWireTime(user.createdAt, deps.config.timeZone),
    }
  },
})

/** An edit leaves alone what is empty, but for details. */
const emptyOr = <S extends z.ZodType>(schema: S) => z.union([z.literal(''), schema]).optional()

export const editUser = forPeople({
  summary: { en: 'Change what is known of the person who signed in', zh: '修改用户信息' },
  done: 'userEdited',
  fields: z
    .object({
      username: emptyOr(username),
      email: emptyOr(text(254).pipe(z.email())).describe('Internal apps only'),
      phone: emptyOr(phoneNumber).describe('Internal apps only'),
    })
    .catchall(text(2_000))
    .describe('And the fields of details, by their names'),
  answer,
  async handle({ fields }, deps, caller) {
    const { username, email, phone, ...told } = fields
    if (!caller.app.internal) for (const name of ['email', 'phone'] as const) if (fields[name]) throw fault('internal_app_needed', { name })
    const known = await allDetails(deps.db)
    const unknown = Object.keys(told).find((name) => !known.some((field) => field.name === name))
    if (unknown !== undefined) throw fault('invalid_parameters', { reason: 'field', name: unknown, problem: problem('unknown_detail') })
    const flaw = flawOf(told, known)
    if (flaw) throw fault('invalid_parameters', flaw)

    const { id } = caller.person.user
    await take(deps.db, [{ key: `edit of user ${id}`, max: editsPerHourMax, forMs: 3_600_000 }], deps.now())
    const change = given({ username: username || null, email: email || null, phoneNumber: phone || null })
    const edited = await orConflict(change, () =>
      deps.db.transaction(async (tx) => {
        await refuseAnothers(tx, change, id)
        if (Object.keys(told).length > 0) await tellDetails(tx, id, told)
        return updateUser(tx, id, { ...change, updatedAt: deps.now() })
      }),
    )
    // Deleted a moment ago.
    if (!edited) throw fault('access_token_invalid')
    return onWire(edited, caller, deps)
  },
})

/** Whether a name or a phone is anybody's can be seen by trying to take it. */
const editsPerHourMax = 60

async function onWire(user: UserRow, caller: CallerWithPerson, deps: UcenterDeps): Promise<z.output<typeof answer>> {
  const mayKnow = caller.may('profile') || caller.may('profile:write')
  return {
    ...(await idsOf(deps.db, caller.app, user.id, caller.person.openId)),
    username: mayKnow ? user.username : '',
    email: caller.may('email') ? (user.email ?? '') : '',
    phone: caller.may('phone') ? (user.phoneNumber ?? '') : '',
    details: mayKnow ? detailsOnWire(user.details, await allDetails(deps.db)) : {},
  }
}
