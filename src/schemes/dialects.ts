// Proof that the helpers carry other platforms' signatures: each is a row of data, from its public documentation. Wired to nothing.

import { createHash, createHmac, createSign, type KeyObject } from 'node:crypto'
import type { Parameter } from './parameters.ts'

export interface Dialect {
  readonly name: string
  readonly source: string
  /** Parameters that are not signed. */
  readonly leaveOut: readonly string[]
  readonly keepEmpty: boolean
  /** What stands between a name and its value, and between pairs. */
  readonly separators: readonly [inside: string, between: string]
  /** Where the secret stands in the string, if there. */
  readonly secretAt: 'nowhere' | 'both_ends' | 'last_as_key'
  readonly digest: 'md5' | 'hmac-md5' | 'hmac-sha256' | 'rsa-sha256'
  readonly encoding: 'HEX' | 'base64'
}

const form = { leaveOut: ['sign'], keepEmpty: false, separators: ['=', '&'] } as const
const run = { leaveOut: ['sign'], keepEmpty: false, separators: ['', ''] } as const
const alipay = 'https://opendocs.alipay.com/common/02mse7'
const taobao = 'https://open.taobao.com/doc.htm?docId=101617&docType=1'
const wechatPay = 'https://pay.weixin.qq.com/wiki/doc/api/micropay.php?chapter=4_3'

export const dialects = {
  alipayRsa2: { name: 'alipay-rsa2', source: alipay, ...form, secretAt: 'nowhere', digest: 'rsa-sha256', encoding: 'base64' },
  taobaoMd5: { name: 'taobao-md5', source: taobao, ...run, secretAt: 'both_ends', digest: 'md5', encoding: 'HEX' },
  taobaoHmac: { name: 'taobao-hmac', source: taobao, ...run, secretAt: 'nowhere', digest: 'hmac-md5', encoding: 'HEX' },
  taobaoHmacSha256: { name: 'taobao-hmac-sha256', source: taobao, ...run, secretAt: 'nowhere', digest: 'hmac-sha256', encoding: 'HEX' },
  wechatPayMd5: { name: 'wechat-pay-md5', source: wechatPay, ...form, secretAt: 'last_as_key', digest: 'md5', encoding: 'HEX' },
  wechatPayHmac: { name: 'wechat-pay-hmac', source: wechatPay, ...form, secretAt: 'last_as_key', digest: 'hmac-sha256', encoding: 'HEX' },
} as const satisfies { [name: string]: Dialect }

/** `parameters` sorted by name. Where the secret is part of the string, it is in the answer: not for logs. */
export function dialectString(dialect: Dialect, parameters: readonly Parameter[], secret: string): string {
  const [inside, between] = dialect.separators
  const pairs = parameters
    .filter(({ name, text }) => !dialect.leaveOut.includes(name) && (dialect.keepEmpty || text))
    .map(({ name, text }) => `${name}${inside}${text ?? ''}`)
  if (dialect.secretAt === 'last_as_key') pairs.push(`key${inside}${secret}`)
  const text = pairs.join(between)
  return dialect.secretAt === 'both_ends' ? secret + text + secret : text
}

export function signDialect(dialect: Dialect, parameters: readonly Parameter[], key: KeyObject): string {
  const secret = key.type === 'secret' ? key.export().toString() : ''
  const bytes = digestOf(dialect, dialectString(dialect, parameters, secret), key)
  return dialect.encoding === 'HEX' ? bytes.toString('hex').toUpperCase() : bytes.toString('base64')
}

function digestOf({ digest }: Dialect, text: string, key: KeyObject): Buffer {
  switch (digest) {
    case 'md5':
      return createHash('md5').update(text).digest()
    case 'hmac-md5':
      return createHmac('md5', key).update(text).digest()
    case 'hmac-sha256':
      return createHmac('sha256', key).update(text).digest()
    case 'rsa-sha256':
      return createSign('sha256').update(text).sign(key)
  }
}
