// Members as source 001 has them, signed here without the product's code: md5 of the sorted fields with the secret last.

import { createHash, randomUUID } from 'node:crypto'
import { writeMemberHeader } from '#schemes/member.ts'
import type { Call, TestApp } from './house.ts'

export interface MemberFields {
  username: string
  password: string
  nonce?: string | undefined
  timestamp?: number | string | undefined
  appid?: string | undefined
  appsecret?: string | undefined
  sign?: string | undefined
  [field: string]: unknown
}

/** POST /api/v1/token; of what is not given the right thing is sent, and what is undefined is left out. */
export function memberRequest(app: TestApp, given: MemberFields, as: 'json' | 'form' = 'json'): Call {
  const all: Record<string, unknown> = {
    nonce: randomUUID(),
    timestamp: Math.floor(Date.now() / 1000),
    appid: app.appId,
    appsecret: app.appSecret,
    ...given,
  }
  const fields = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  if (!('sign' in given)) fields.sign = signMember(fields, app.appSecret)
  const isJson = as === 'json'
  return {
    method: 'POST',
    path: '/api/v1/token',
    headers: { 'content-type': isJson ? 'application/json' : 'application/x-www-form-urlencoded' },
    body: isJson ? JSON.stringify(fields) : new URLSearchParams(fields as Record<string, string>).toString(),
  }
}

export function signMember(fields: Record<string, unknown>, secret: string): string {
  const pairs = Object.keys(fields)
    .sort()
    .map((name) => `${name}=${fields[name]}`)
  return createHash('md5')
    .update([...pairs, `key=${secret}`].join('&'))
    .digest('hex')
}

export function refreshRequest(refreshToken: unknown): Call {
  const headers = { 'content-type': 'application/json' }
  return { method: 'POST', path: '/api/v1/token/refresh', headers, body: JSON.stringify({ refresh_token: refreshToken }) }
}

/** A call with the header `authentication`. */
export function byMember(path: string, app: TestApp, uid: string, token: string): Call {
  return { method: 'GET', path, headers: { authentication: writeMemberHeader({ uid, appId: app.appId, token }) } }
}
