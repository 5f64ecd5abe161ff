// People: registration, what is known of them, and their end.

import { z } from 'zod'
import { fault } from '#core/fault.ts'
import { developerRole } from '#core/role/permission.ts'
import { rolesOf } from '#core/role/role.store.ts'
import { countCodeGuess, useSmsCode } from '#core/user/sms-code.ts'
import { orConflict, refuseAnothers } from '#core/user/taken.ts'
import { take } from '#core/user/throttle.ts'
import { deleteUser as deleteUserRow, findUser, insertUser, pageUsers, type UserRow, updateUser } from '#core/user/user.store.ts'
import type { Db } from '#db/open.ts'
import { networkOf } from '#lib/address.ts'
import { toWireTime } from '#lib/time.ts'
import { endpoint, type ManagementDeps, openEndpoint, ownerOf } from './endpoint.ts'
import { requireReach, rolesToGive } from './role.ts'
import { keyId, newPasswordOf, sentPassword } from './sent-password.ts'
import { byId, given, id, optionalText, pageOnWire, pageSchema, paging, phoneNumber, sorting, text, wireTime } from './wire.ts'

export const username = text(64).regex(/^[\p{L}\p{N}][\p{L}\p{N}._@+-]{0,63}$/u)
const smsCode = text(16).nullish()
/** An edit leaves alone what is empty (settled F24). */
const emptyOr = <S extends z.ZodType>(schema: S) => z.union([z.literal(''), schema]).nullish()

const userAnswer = z.object({
  id: z.int(),
  username: z.string(),
  phoneNumber: z.string().nullable(),
  nikeName: z.string().nullable(),
  createTime: wireTime,
  updateTime: wireTime,
})

export const userInFull = userAnswer.extend({ email: z.string().nullable() })
const withRoles = userInFull.extend({ roles: z.array(z.object({ id: z.int(), name: z.string(), title: z.string() })) })

export function userOnWire(user: UserRow, deps: ManagementDeps): z.output<typeof userAnswer> {
  return {
    id: user.id,
    username: user.username,
    phoneNumber: user.phoneNumber,
    nikeName: user.nickname,
    createTime: toWireTime(user.createdAt, deps.config.timeZone),
    updateTime: toWireTime(user.updatedAt, deps.config.timeZone),
  }
}

export const userInFullOnWire = (user: UserRow, deps: ManagementDeps) => ({ ...userOnWire(user, deps), email: user.email })

/** From one network. What is refused counts too, or names could be tried out. */
const registrationsHourMax = 100
/** Phones and mail addresses that one person may give as their own. */
const contactsHourMax = 30

export const register = openEndpoint({
  summary: { en: 'Register as a developer', zh: '注册开放平台用户' },
  body: z.object({
    username,
    password: sentPassword.describe('8 to 128 characters; plain, or Base64 of it encrypted by RSA'),
    keyId,
    phoneNumber: phoneNumber.nullish(),
    smsCode: smsCode.describe('Proves the phone, where KAIMEN_REGISTER_SMS=required'),
    nikeName: optionalText(64).describe('nickName is accepted too'),
    nickName: optionalText(64),
  }),
  answer: userAnswer,
  async handle({ body, address }, deps) {
    await take(deps.db, [{ key: `register from ${networkOf(address)}`, max: registrationsHourMax, forMs: 3_600_000 }], deps.now())
    const password = await newPasswordOf(deps, 'password', { text: body.password, keyId: body.keyId ?? undefined })
    const phone = body.phoneNumber ?? null
    if (deps.config.registerSms === 'required') await countPhoneProof(deps, phone, body.smsCode)
    const person = {
      username: body.username,
      passwordHash: await deps.passwords.hash(password),
      phoneNumber: phone,
      nickname: body.nikeName ?? body.nickName ?? null,
    }
    const user = await orConflict({ ...body }, () =>
      provingPhone(deps, deps.config.registerSms === 'required' ? phone : null, body.smsCode, async (db) => {
        await refuseAnothers(db, { username: body.username, phoneNumber: phone }, undefined)
        return insertUser(db, person, [developerRole], deps.now())
      }),
    )
    return userOnWire(user, deps)
  },
})

export const addUser = endpoint({
  summary: { en: 'Add a user with roles that the caller may give', zh: '新建用户并授予角色（仅限自己可授予的角色）' },
  body: z.object({
    username,
    password: sentPassword.describe('8 to 128 characters; plain, or Base64 of it encrypted by RSA'),
    keyId,
    phoneNumber: emptyOr(phoneNumber),
    nikeName: optionalText(64),
    roleIds: z.array(id).max(100).describe('Any at all only with grant-role'),
  }),
  answer: userAnswer,
  ownTransactions: true,
  async handle({ body }, deps, viewer) {
    const { username, nikeName, roleIds } = body
    if (roleIds.length > 0 && !viewer.permissions.has('grant-role')) throw fault('forbidden', { permission: 'grant-role' })
    const password = await newPasswordOf(deps, 'password', { text: body.password, keyId: body.keyId ?? undefined })
    const phone = body.phoneNumber || null
    const person = { username, passwordHash: await deps.passwords.hash(password), phoneNumber: phone, nickname: nikeName || null }
    const user = await orConflict({ username, phoneNumber: phone }, () =>
      deps.db.transaction(async (tx) => {
        await refuseAnothers(tx, { username, phoneNumber: phone }, undefined)
        const roles = await rolesToGive(tx, viewer, roleIds)
        return insertUser(tx, person, roles.map(({ name }) => name), deps.now()) // biome-ignore format: one thought
      }),
    )
    return userOnWire(user, deps)
  },
})

export const getUser = endpoint({
  summary: { en: 'Oneself; with view-user anybody', zh: '查询用户信息（本人；有 view-user 权限可查任何人）' },
  params: byId,
  answer: withRoles,
  async handle({ params }, deps, viewer) {
    const own = ownerOf(viewer, 'view-user')
    const user = own === undefined || own === params.id ? await findUser(deps.db, params.id) : undefined
    if (!user) throw fault('not_found', { what: 'user' })
    return { ...userInFullOnWire(user, deps), roles: (await rolesOf(deps.db, [user.id])).get(user.id) ?? [] }
  },
})

export const editUser = endpoint({
  summary: {
    en: 'Edit oneself, with edit-user anybody; what is absent, null or empty stays',
    zh: '编辑用户信息（本人；有 edit-user 权限可编辑任何人）；未传或为空的字段不修改',
  },
  params: byId,
  body: z.object({
    nikeName: optionalText(64).describe('nickName is accepted too'),
    nickName: optionalText(64),
    phoneNumber: emptyOr(phoneNumber),
    smsCode: smsCode.describe('Proves one’s own new phone, where KAIMEN_REGISTER_SMS=required; a code of the scene register'),
    email: emptyOr(text(254).pipe(z.email())),
  }),
  answer: userInFull,
  ownTransactions: true,
  async handle({ params, body }, deps, viewer) {
    const own = ownerOf(viewer, 'edit-user')
    const user = own === undefined || own === params.id ? await findUser(deps.db, params.id) : undefined
    if (!user) throw fault('not_found', { what: 'user' })
    await requireReach(deps.db, viewer, user.id)
    if (own !== undefined && (differs(body.phoneNumber, user.phoneNumber) || differs(body.email, user.email))) {
      // What is somebody else's is refused as such: phones and addresses could be tried out.
      await take(deps.db, [{ key: `contact of user ${user.id}`, max: contactsHourMax, forMs: 3_600_000 }], deps.now())
    }
    const phone = body.phoneNumber || user.phoneNumber
    const isPhoneToProve = deps.config.registerSms === 'required' && user.id === viewer.userId && phone !== user.phoneNumber
    if (isPhoneToProve) await countPhoneProof(deps, phone, body.smsCode)
    const change = given({
      nickname: body.nikeName || body.nickName || null,
      phoneNumber: body.phoneNumber || null,
      email: body.email || null,
    })
    const edited = await orConflict({ ...body }, () =>
      provingPhone(deps, isPhoneToProve ? phone : null, body.smsCode, async (db) => {
        await refuseAnothers(db, { phoneNumber: body.phoneNumber, email: body.email }, user.id)
        return updateUser(db, user.id, { ...change, updatedAt: deps.now() })
      }),
    )
    if (!edited) throw fault('not_found', { what: 'user' })
    return userInFullOnWire(edited, deps)
  },
})

export const pageOfUsers = endpoint({
  summary: { en: 'Users, newest first', zh: '查询用户列表（分页）' },
  query: paging.extend({
    username: text(64).optional(),
    nikeName: text(64).optional().describe('nickName is accepted too'),
    nickName: text(64).optional(),
    phoneNumber: text(32).optional(),
    sort: sorting({ username: 'username', createTime: 'createdAt' }),
  }),
  answer: pageSchema(withRoles),
  async handle({ query }, deps) {
    const page = await pageUsers(deps.db, { ...query, nickname: query.nikeName ?? query.nickName })
    const roles = await rolesOf(deps.db, page.records.map((user) => user.id)) // biome-ignore format: one thought
    return pageOnWire(page, query, (user) => ({ ...userInFullOnWire(user, deps), roles: roles.get(user.id) ?? [] }))
  },
})

export const deleteUser = endpoint({
  summary: {
    en: 'Delete a user; what signs them in and what apps know them by is gone for good, and their apps stop working',
    zh: '删除用户（登录凭据、授权与各应用的 openid 一并清除且不可恢复，其应用随即失效）',
  },
  params: byId,
  async handle({ params }, deps, viewer) {
    if (params.id === viewer.userId) throw fault('conflict', { reason: 'oneself' })
    await requireReach(deps.db, viewer, params.id)
    const ended = await deleteUserRow(deps.db, params.id, deps.now())
    if (ended === 'last_administrator') throw fault('conflict', { reason: 'last_administrator' })
    if (ended === 'not_there') throw fault('not_found', { what: 'user' })
    return null
  },
})

const differs = (given: string | null | undefined, kept: string | null) => Boolean(given) && given !== kept

/** Before anything costly is done for a phone that must be proven; throws when there is nothing to prove it by. */
async function countPhoneProof(deps: ManagementDeps, phone: string | null, code: string | null | undefined): Promise<void> {
  if (phone === null) throw fault('invalid_parameters', { reason: 'phone_needed' })
  if (!code) throw fault('sms_code_invalid')
  await countCodeGuess(deps.db, phone, deps.now())
}

/** Uses up the code for the phone, where there is one to prove, together with the write: when that fails, the code is good for another try. */
async function provingPhone<T>(
  deps: ManagementDeps,
  phone: string | null,
  code: string | null | undefined,
  write: (db: Db) => Promise<T>,
): Promise<T> {
  if (phone === null) return write(deps.db)
  const written = await deps.db.transaction(async (tx) => {
    const isProven = await useSmsCode({ ...deps, db: tx }, { phoneNumber: phone, scene: 'register', code: code ?? '' }, deps.now())
    return isProven ? { value: await write(tx) } : undefined
  })
  if (!written) throw fault('sms_code_invalid')
  return written.value
}
