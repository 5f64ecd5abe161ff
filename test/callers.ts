// Callers by the schemes whose signature is not among the parameters, and by encrypted bodies.

import { createSecretKey, type KeyObject, randomUUID } from 'node:crypto'
import { signAuthId } from '#schemes/auth-id.ts'
import { authIdContent } from '#schemes/auth-id-content.ts'
import { contentDigest } from '#schemes/content-digest.ts'
import { type BodyAlg, sealBody } from '#schemes/envelope.ts'
import { type Parameter, readJsonObject, readQuery } from '#schemes/parameters.ts'
import { type MessageKey, type MessageOrder, signMessage } from '#schemes/rfc9421.ts'
import { type Call, type SignedOptions, signed, type TestApp } from './house.ts'

export interface MessageOptions {
  readonly token?: string | undefined
  readonly body?: string
  readonly contentType?: string
  /** A registered key and its id; without one the app's secret signs. */
  readonly key?: MessageKey & { readonly keyId: string }
  readonly order?: Partial<MessageOrder>
  /** What is sent besides, signed or not. */
  readonly fields?: Record<string, string>
  readonly scheme?: 'http' | 'https'
}

/** Signed as RFC 9421 has it, at `gatewayUrl`. */
export function signedMessage(gatewayUrl: string, app: TestApp, method: string, path: string, options: MessageOptions = {}): Call {
  const { token, body, contentType = 'application/json', key, order, fields = {}, scheme = 'http' } = options
  const headers: Record<string, string> = { host: new URL(gatewayUrl).host, ...fields }
  if (token !== undefined) headers.authorization = `Bearer ${token}`
  if (body !== undefined) {
    headers['content-type'] = contentType
    headers['content-digest'] = contentDigest(Buffer.from(body))
  }
  const message = {
    method,
    scheme,
    authority: headers.host!,
    target: path,
    fieldLines: Object.entries(headers).flat(),
    body: Buffer.from(body ?? ''),
  }
  const { signatureInput, signature } = signMessage(
    message,
    {
      keyid: key ? `${app.appId}:${key.keyId}` : app.appId,
      nonce: randomUUID(),
      createdAt: Math.floor(Date.now() / 1000),
      ...order,
    },
    key ?? { alg: 'hmac-sha256', key: createSecretKey(Buffer.from(app.appSecret)) },
  )
  return { method, path, headers: { ...headers, 'signature-input': signatureInput, signature }, ...(body !== undefined && { body }) }
}

export const authIdPublicKey = '58Ajk2015HoppingYear'

/** Signed as source 004 has it. */
export function signedByAuthId(app: TestApp, method: string, path: string, options: { body?: string; requestTime?: string } = {}): Call {
  const { body, requestTime = String(Math.floor(Date.now() / 1000)) } = options
  const target = `${path}${path.includes('?') ? '&' : '?'}authId=${app.appId}&requestTime=${requestTime}`
  const query = readQuery(target.slice(target.indexOf('?') + 1)) as Parameter[]
  const parameters = [...query, ...(body === undefined ? [] : (readJsonObject(body) as Parameter[]))]
  const token = signAuthId(authIdContent({ requestTime, parameters }) as string, authIdPublicKey, secretOf(app))
  const headers = { token, ...(body !== undefined && { 'content-type': 'application/json' }) }
  return { method, path: target, headers, ...(body !== undefined && { body }) }
}

/** A body that nobody on the way can read (settled F10). */
export function sealed(
  app: TestApp,
  path: string,
  plain: string,
  options: SignedOptions & { alg?: BodyAlg; answersSealed?: boolean },
): Call {
  const { alg = 'aes-256-gcm', answersSealed, ...more } = options
  const fields = { encrypt: alg, data: sealBody(alg, Buffer.from(plain), secretOf(app)), ...(answersSealed && { encryptResponse: true }) }
  return signed(app, 'POST', path, { ...more, fields: { ...fields, ...more.fields } })
}

function secretOf({ appSecret }: TestApp): KeyObject {
  return createSecretKey(Buffer.from(appSecret))
}
