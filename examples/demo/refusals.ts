// Refusals, each called for on purpose and each answered by its name. They are grouped by whose fault they are.

import { setTimeout as pause } from 'node:timers/promises'
import { sendHead } from './client.ts'
import type { Request } from './partner.ts'
import type { Interface, Partner, Play } from './story.ts'

const minuteMs = 60_000

/** The call is wrong in itself. */
export async function refuseForItself({ stage, gateway }: Play, partner: Partner): Promise<void> {
  const { spaces, payments, token } = partner
  const payment = { plate: '京A·12345', fen: 1250 }

  await stage.step({ zh: 'token 被改动一个字符', en: 'One character of the token was changed' }, '401 invalid_token', async () =>
    partner.get(spaces.path, {}, { token: changedAtOneCharacter(await token()) }),
  )
  await stage.step({ zh: '有 appId，却没有签名', en: 'There is an appId, but no signature' }, '401 signature_missing', async () => ({
    method: 'GET',
    url: `${gateway}${spaces.path}?appId=${partner.app.appId}&timestamp=${Date.now()}`,
    headers: { authorization: `Bearer ${await token()}` },
  }))
  await stage.step(
    { zh: '金额在签名之后被改小', en: 'Somebody lowered the amount after it was signed' },
    '401 signature_invalid',
    async () => {
      const request = await partner.post(payments.path, payment)
      return { ...request, body: request.body!.replace('1250', '1') }
    },
  )
  await stage.step({ zh: '时间戳是十分钟之前的', en: 'The timestamp is ten minutes old' }, '401 timestamp_out_of_window', () =>
    partner.get(spaces.path, {}, { timestamp: Date.now() - 10 * minuteMs }),
  )
  await stage.step({ zh: '同一个参数出现两次', en: 'A parameter is there twice' }, '400 invalid_parameters', async () => {
    const request = await partner.get(spaces.path, { carPark: 'A' })
    return { ...request, url: `${request.url}&carPark=B` }
  })
  await stage.step(
    { zh: '请求体声明为 3 GiB：在读取之前就被拒绝', en: 'A body of 3 GiB is announced, and refused before it is read' },
    '413 body_too_large',
    async (): Promise<Request> => ({
      method: 'POST',
      url: gateway + payments.path,
      headers: { authorization: `Bearer ${await token()}`, 'content-length': String(3 * 2 ** 30), 'content-type': 'application/json' },
    }),
    { send: sendHead },
  )
}

/** The operator set terms for the interface. */
export async function refuseForTheInterface({ stage, asOperator }: Play, partner: Partner): Promise<void> {
  const { spaces } = partner
  const edit = `/openapi/interface/edit/${spaces.id}`

  await asOperator(
    { zh: '运营方规定车位接口只接受 hmac-sha256', en: 'The operator lets the spaces accept hmac-sha256 only' },
    'PUT',
    edit,
    {
      schemes: ['hmac-sha256'],
    },
  )
  await stage.step(
    { zh: '以 AES 签名调用它', en: 'Calls it, signed by AES' },
    '403 scheme_not_allowed',
    () => partner.get(spaces.path, {}, { scheme: 'openapi' }),
    { follows: true },
  )

  await asOperator(
    { zh: '运营方禁用车位接口', en: 'The operator disables the interface' },
    'PUT',
    `/openapi/interface/disable/${spaces.id}`,
  )
  await stage.step({ zh: '接口已禁用', en: 'The interface is disabled' }, '403 interface_disabled', () => partner.get(spaces.path), {
    follows: true,
  })
  await asOperator({ zh: '运营方重新发布它', en: 'The operator publishes it again' }, 'PUT', `/openapi/interface/publish/${spaces.id}`)
  await stage.step({ zh: '恢复如初', en: 'All is well again' }, '200', () => partner.get(spaces.path), { follows: true })

  await asOperator({ zh: '运营方把它限制为每秒一次', en: 'The operator limits it to one call a second' }, 'PUT', edit, { limitCount: 1 })
  await stage.step(
    { zh: '一秒内的第二次调用：Retry-After 说明何时再来', en: 'The second call in a second: Retry-After says when to come again' },
    '429 rate_limited',
    () => partner.get(spaces.path),
    { follows: true },
  )
  await asOperator({ zh: '运营方取消限制（0 为不限）', en: 'The operator lifts the limit (0 is none)' }, 'PUT', edit, { limitCount: 0 })
}

/** The operator shut the app out. */
export async function refuseForTheApp({ stage, asOperator }: Play, partner: Partner): Promise<void> {
  const { app, spaces } = partner
  // A disabled app gets no new token, so it goes on with the one that it has.
  const token = await partner.newToken()
  const call = () => partner.get(spaces.path, {}, { token })

  await asOperator({ zh: '运营方禁用应用', en: 'The operator disables the app' }, 'PUT', `/openapi/app/disable/${app.id}`)
  await stage.step({ zh: '它的 token 与签名随即失效', en: 'Its token and its signature stop working at once' }, '403 app_disabled', call, {
    follows: true,
  })
  await asOperator(
    { zh: '运营方把有效期改到过去', en: 'The operator moves the end of the app into the past' },
    'PUT',
    `/openapi/app/expiration/${app.id}`,
    {
      expirationTime: '2021-01-01 00:00:00',
    },
  )
  await asOperator(
    { zh: '运营方启用应用，但它已过期', en: 'The operator enables the app, but it has expired' },
    'PUT',
    `/openapi/app/enable/${app.id}`,
  )
  await stage.step({ zh: '应用已过期', en: 'The app has expired' }, '403 app_expired', call, { follows: true })
  await asOperator({ zh: '运营方改为永久有效', en: 'The operator lets it last for ever' }, 'PUT', `/openapi/app/expiration/${app.id}`, {
    expirationTime: null,
  })
  await stage.step({ zh: '恢复如初', en: 'All is well again' }, '200', call, { follows: true })
}

/** The service does not answer. */
export async function refuseForTheService(scene: Play, partner: Partner): Promise<void> {
  const { stage, asOperator } = scene
  const gone = await addBrokenInterface(
    scene,
    'gone',
    { zh: '无人应答的服务', en: 'a service that nobody runs' },
    { targets: [{ url: deadUrl }] },
  )
  const slow = await addBrokenInterface(
    scene,
    'camera',
    { zh: '过于缓慢的服务（限时 200 ms）', en: 'a service that is too slow (200 ms is its time)' },
    { targets: [{ url: scene.carParkUrl }], timeoutMs: 200 },
  )
  await asOperator(
    { zh: '运营方授权它们（配置接口是整体替换）', en: 'The operator grants them too (each time the whole set is given)' },
    'PUT',
    `/openapi/app/config/${partner.app.id}`,
    { interfaceIds: [partner.spaces.id, partner.payments.id, gone.id, slow.id] },
  )
  await stage.step(
    { zh: '连不上后端服务', en: 'The service cannot be reached' },
    '502 upstream_unreachable',
    () => partner.get(gone.path),
    { follows: true },
  )
  await stage.step(
    { zh: '后端服务超时', en: 'The service does not answer in time' },
    '504 upstream_timeout',
    () => partner.get(slow.path),
    { follows: true },
  )
  for (const { id } of [gone, slow]) {
    await asOperator(
      { zh: '运营方撤下这个接口', en: 'The operator takes that interface down again' },
      'PUT',
      `/openapi/interface/edit/${id}`,
      { status: 0 },
    )
  }
}

async function addBrokenInterface(
  { run, asOperator }: Play,
  name: string,
  { zh, en }: { zh: string; en: string },
  service: { targets: { url: string }[]; timeoutMs?: number },
): Promise<Interface> {
  const { id } = await asOperator({ zh: `登记${zh}`, en: `Registers ${en}` }, 'POST', '/openapi/service/add', {
    name: `demo-${run}-${name}`,
    ...service,
  })
  return asOperator({ zh: '新增并发布它的接口', en: 'Adds its interface, published at once' }, 'POST', '/openapi/interface/add', {
    name,
    path: `/demo-${run}/${name}`,
    method: 'GET',
    type: 0,
    serviceType: 4,
    version: 'v1',
    status: 1,
    serviceId: id,
    upstreamPath: `/${name}`,
  })
}

/** Nobody listens on port 1. */
const deadUrl = 'http://127.0.0.1:1'

/** How long people may be asked to wait for the end of a token. */
const patienceMsMax = 30_000

/** The token has ended. Nothing but time ends one by this name, so it is shown only where tokens are short-lived. */
export async function refuseForItsEnd({ stage }: Play, { firstToken, spaces, get }: Partner): Promise<void> {
  const remainingMs = Math.max(0, firstToken.endsAt - Date.now())
  if (remainingMs > patienceMsMax) {
    const lifeSeconds = firstToken.lifeMs / 1000
    return stage.note({
      zh: `此处略过 token_expired：本平台的 token 有效 ${lifeSeconds} 秒（设置 KAIMEN_TOKEN_TTL）。`,
      en: `token_expired is left out here: a token of this platform lives ${lifeSeconds} s (setting KAIMEN_TOKEN_TTL).`,
    })
  }
  const seconds = Math.ceil(remainingMs / 1000)
  stage.note({ zh: `等待第一个 token 到期：${seconds} 秒……`, en: `Waiting for the first token to end: ${seconds} s …` })
  await pause(remainingMs)
  await stage.step(
    { zh: '第一个 token 已到期', en: 'The first token has expired' },
    '401 token_expired',
    () => get(spaces.path, {}, { token: firstToken.text }),
    {
      follows: true,
    },
  )
}

/** In the middle of the signature: the last character may hold bits that nobody reads. */
function changedAtOneCharacter(token: string): string {
  const at = token.length - 20
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
}
