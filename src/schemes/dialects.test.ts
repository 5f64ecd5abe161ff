import assert from 'node:assert/strict'
import { createPrivateKey, createSecretKey, type KeyObject } from 'node:crypto'
import { test } from 'node:test'
import { type Dialect, dialectString, dialects, signDialect } from './dialects.ts'
import { Malformed, type Parameter, sortParameters } from './parameters.ts'

function parametersOf(values: { [name: string]: string }): Parameter[] {
  const sorted = sortParameters(Object.entries(values).map(([name, text]) => ({ name, text, start: 0, end: 0 })))
  assert.ok(!(sorted instanceof Malformed))
  return sorted
}
const secretKey = (secret: string) => createSecretKey(Buffer.from(secret))

function check(dialect: Dialect, where: string, values: { [name: string]: string }, key: KeyObject, expected: string) {
  test(`${dialect.name}: ${where}`, () => assert.equal(signDialect(dialect, parametersOf(values), key), expected))
}

// Taobao's document prints the parameters, the secret `helloworld` and this md5 sign.
const taobao = {
  method: 'taobao.item.seller.get',
  app_key: '12345678',
  session: 'test',
  timestamp: '2016-01-01 12:00:00',
  format: 'json',
  v: '2.0',
  sign_method: 'md5',
  fields: 'num_iid,title,nick,price,num',
  num_iid: '11223344',
}
check(dialects.taobaoMd5, 'the document’s example', taobao, secretKey('helloworld'), '66987CB115214E59E6EC978214934FB8')
check(dialects.taobaoMd5, 'empty ones and sign are left out', { ...taobao, sign: 'x', simplify: '' }, secretKey('helloworld'), '66987CB115214E59E6EC978214934FB8') // biome-ignore format: one row
// An older edition of it, with the secret `test`.
check(
  dialects.taobaoMd5,
  'the example of 2013',
  {
    method: 'taobao.user.seller.get',
    timestamp: '2013-05-06 13:52:03',
    format: 'xml',
    app_key: 'test',
    v: '2.0',
    fields: 'nick',
    sign_method: 'md5',
    session: 'test',
  },
  secretKey('test'),
  '72CB4D809B375A54502C09360D879C64',
)
// The document gives the rule and no example: computed by `openssl dgst -md5|-sha256 -hmac helloworld` over its example's string.
check(dialects.taobaoHmac, 'computed', { ...taobao, sign_method: 'hmac' }, secretKey('helloworld'), 'D56D7858309C31B6251083A874D48273')
check(
  dialects.taobaoHmacSha256,
  'computed',
  { ...taobao, sign_method: 'hmac-sha256' },
  secretKey('helloworld'),
  '04DB15AD0774D5CFCE2C837DE43E3FCEA9011ED74F3038FB6AB5F3C4CEA119E8',
)

// WeChat Pay's document prints the parameters, the key and both signs.
const wechat = {
  appid: 'wxd930ea5d5a258f4f',
  mch_id: '10000100',
  device_info: '1000',
  body: 'test',
  nonce_str: 'ibuaiVcKdpRxkhJA',
}
const wechatKey = secretKey('192006250b4c09247ec02edce69f6a2d')
check(dialects.wechatPayMd5, 'the document’s example', wechat, wechatKey, '9A0A8659F005D6984697E2CA0A9CF3B7')
check(
  dialects.wechatPayHmac,
  'the document’s example',
  wechat,
  wechatKey,
  '6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6',
)

// Alipay's document gives the rule; no document prints a private key. Signed by `openssl dgst -sha256 -sign` with the key of RFC 9421, B.1.1.
const rfcKey = createPrivateKey(`-----BEGIN RSA PRIVATE KEY-----
MIIEqAIBAAKCAQEAhAKYdtoeoy8zcAcR874L8cnZxKzAGwd7v36APp7Pv6Q2jdsP
BRrwWEBnez6d0UDKDwGbc6nxfEXAy5mbhgajzrw3MOEt8uA5txSKobBpKDeBLOsd
JKFqMGmXCQvEG7YemcxDTRPxAleIAgYYRjTSd/QBwVW9OwNFhekro3RtlinV0a75
jfZgkne/YiktSvLG34lw2zqXBDTC5NHROUqGTlML4PlNZS5Ri2U4aCNx2rUPRcKI
lE0PuKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dSFFn/nnv5OoZJEIB+VmuKn3DCUcCZ
SFlQPSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ10wIDAQABAoIBAG/JZuSWdoVHbi56
vjgCgkjg3lkO1KrO3nrdm6nrgA9P9qaPjxuKoWaKO1cBQlE1pSWp/cKncYgD5WxE
CpAnRUXG2pG4zdkzCYzAh1i+c34L6oZoHsirK6oNcEnHveydfzJL5934egm6p8DW
+m1RQ70yUt4uRc0YSor+q1LGJvGQHReF0WmJBZHrhz5e63Pq7lE0gIwuBqL8SMaA
yRXtK+JGxZpImTq+NHvEWWCu09SCq0r838ceQI55SvzmTkwqtC+8AT2zFviMZkKR
Qo6SPsrqItxZWRty2izawTF0Bf5S2VAx7O+6t3wBsQ1sLptoSgX3QblELY5asI0J
YFz7LJECgYkAsqeUJmqXE3LP8tYoIjMIAKiTm9o6psPlc8CrLI9CH0UbuaA2JCOM
cCNq8SyYbTqgnWlB9ZfcAm/cFpA8tYci9m5vYK8HNxQr+8FS3Qo8N9RJ8d0U5Csw
DzMYfRghAfUGwmlWj5hp1pQzAuhwbOXFtxKHVsMPhz1IBtF9Y8jvgqgYHLbmyiu1
mwJ5AL0pYF0G7x81prlARURwHo0Yf52kEw1dxpx+JXER7hQRWQki5/NsUEtv+8RT
qn2m6qte5DXLyn83b1qRscSdnCCwKtKWUug5q2ZbwVOCJCtmRwmnP131lWRYfj67
B/xJ1ZA6X3GEf4sNReNAtaucPEelgR2nsN0gKQKBiGoqHWbK1qYvBxX2X3kbPDkv
9C+celgZd2PW7aGYLCHq7nPbmfDV0yHcWjOhXZ8jRMjmANVR/eLQ2EfsRLdW69bn
f3ZD7JS1fwGnO3exGmHO3HZG+6AvberKYVYNHahNFEw5TsAcQWDLRpkGybBcxqZo
81YCqlqidwfeO5YtlO7etx1xLyqa2NsCeG9A86UjG+aeNnXEIDk1PDK+EuiThIUa
/2IxKzJKWl1BKr2d4xAfR0ZnEYuRrbeDQYgTImOlfW6/GuYIxKYgEKCFHFqJATAG
IxHrq1PDOiSwXd2GmVVYyEmhZnbcp8CxaEMQoevxAta0ssMK3w6UsDtvUvYvF22m
qQKBiD5GwESzsFPy3Ga0MvZpn3D6EJQLgsnrtUPZx+z2Ep2x0xc5orneB5fGyF1P
WtP+fG5Q6Dpdz3LRfm+KwBCWFKQjg7uTxcjerhBWEYPmEMKYwTJF5PBG9/ddvHLQ
EQeNC8fHGg4UXU8mhHnSBt3EA10qQJfRDs15M38eG2cYwB1PZpDHScDnDA0=
-----END RSA PRIVATE KEY-----`)
const alipay = {
  app_id: '2014072300007148',
  method: 'alipay.mobile.public.menu.add',
  charset: 'GBK',
  sign_type: 'RSA2',
  timestamp: '2014-07-24 03:07:50',
  version: '1.0',
  biz_content: '{"button":[{"actionParam":"ZFB_HFCZ","actionType":"out","name":"话费充值"}]}',
  notify_url: '',
  sign: 'x',
}
test('alipay-rsa2: the string', () => {
  assert.equal(
    dialectString(dialects.alipayRsa2, parametersOf(alipay), ''),
    'app_id=2014072300007148&biz_content={"button":[{"actionParam":"ZFB_HFCZ","actionType":"out","name":"话费充值"}]}&charset=GBK&method=alipay.mobile.public.menu.add&sign_type=RSA2&timestamp=2014-07-24 03:07:50&version=1.0',
  )
})
test('alipay-rsa2: computed', () => {
  assert.equal(
    signDialect(dialects.alipayRsa2, parametersOf(alipay), rfcKey),
    'E6oB0/ZdrTlY/dWFw6+DVFDOzWY+uil1r2358IxgNXEJenXsaapozbqHAm+JrT2rVehFxMejylKiUctQvMuq+CERxFbz0gQ+TzWwKf1q8HLsUgXZ/rPewM8WOqC49YNHkvtUsjbJSLwPXQW8eeYiJim47kcx/nkyhcacRqoarCmGHR+0PW/UYz/5Nnohu9trjEotk0sqOGfzxwonFiEWE+r9SSN+ax8LR7pTGZNrCatE83j7MYvsXhi5Z/wqjCXDDNgbMrnyR2RVfjso5l1NXVVk8cTVGL8A1MUpZ925yAU+bzawEBL6IcRVE0nagIEoHv7DYZTeuhXsBUwdnDT8yA==',
  )
})
