// Every path of the user centre (source 003): method, path, who may call, what answers. Uploads and downloads of files stand in `file.ts`.

import { sendEmail } from './email.ts'
import { app, person, route, type UcenterRoute } from './endpoint.ts'
import { record } from './log.ts'
import { getPermissions, getRolePermissions, getRoles } from './role.ts'
import { sendCode, verifyCode } from './sms.ts'
import { editUser, getUser, registerUser } from './user.ts'

// biome-ignore format: a table
export const ucenterRoutes: readonly UcenterRoute[] = [
  route('GET',  '/api/user',                person(),             getUser),
  route('POST', '/api/user',                app,                  registerUser),
  route('PUT',  '/api/user',                person('profile:write'), editUser),
  route('GET',  '/api/user/role',           person('roles'),      getRoles),
  route('GET',  '/api/user/permission',     person('roles'),      getPermissions),
  route('GET',  '/api/user/rolePermission', person('roles'),      getRolePermissions),
  route('POST', '/api/sms/code',            app,                  sendCode),
  route('PUT',  '/api/sms/code',            app,                  verifyCode),
  route('POST', '/api/email',               person('email:send'), sendEmail),
  route('POST', '/api/log',                 person('log:write'),  record),
]

export const uploadPath = '/api/file'
export const downloadPath = '/api/file/:name'
