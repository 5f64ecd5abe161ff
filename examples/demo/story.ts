// The whole story, from an empty platform to a partner's calls and the statistics about them. `npm run demo` plays it for people,
// and test/journeys/demo.test.ts plays it for us: what this story tells is what the product does.

import { randomUUID } from 'node:crypto'
import { openCarPark } from './car-park.ts'
import { managementRequest, send } from './client.ts'
import { type App, type Parameters, type Request, type Signing, signedRequest, tokenRequest } from './partner.ts'
import { messageRequest, openedAnswer, sealedRequest } from './partner-modern.ts'
import { type Print, printChapter, type Words } from './print.ts'
import { refuseForItsEnd, refuseForItself, refuseForTheApp, refuseForTheInterface, refuseForTheService } from './refusals.ts'
import { isAsTold, openStage, type Stage, type Step, StoryEnds } from './stage.ts'

export interface Place {
  readonly platform: string
  readonly gateway: string
  /** Of the user `admin`. */
  readonly password: string
  readonly print: Print
}

/** What the chapters share. */
export interface Play {
  readonly stage: Stage
  readonly gateway: string
  /** Unlike that of any other run, so that paths and names never meet. */
  readonly run: string
  readonly carParkUrl: string
  /** A step of the operator; answers `data`. */
  // biome-ignore lint/suspicious/noExplicitAny: as Answer.json
  asOperator(title: Words, method: string, path: string, body?: object): Promise<any>
}

/** The partner's side, once there is an app. */
export interface Partner {
  readonly app: App & { readonly id: number }
  readonly spaces: Interface
  readonly payments: Interface
  /** The first token that the app got, for the end of the story. */
  readonly firstToken: Token
  /** A token with half its life or more before it. */
  token(): Promise<string>
  /** One with its whole life before it. */
  newToken(): Promise<string>
  get(path: string, business?: Parameters, signing?: Signing): Promise<Request>
  post(path: string, business: Parameters, signing?: Signing): Promise<Request>
}

export interface Interface {
  readonly id: number
  readonly path: string
}

export interface Token {
  readonly text: string
  readonly lifeMs: number
  readonly endsAt: number
}

/** Plays everything and answers its steps; the last one is where the story ended, be it as told or not. */
export async function playDemo(place: Place): Promise<readonly Step[]> {
  const stage = openStage(place.print)
  const carPark = await openCarPark()
  try {
    await play(place, stage, carPark.url)
  } catch (error) {
    if (!(error instanceof StoryEnds)) throw error
  } finally {
    await carPark.close()
  }
  printSummary(place.print, stage.steps)
  return stage.steps
}

async function play({ platform, gateway, password }: Place, stage: Stage, carParkUrl: string): Promise<void> {
  stage.chapter({ zh: '一　运营方发布接口', en: 'One: the operator publishes interfaces' })
  const operator = await signIn(stage, platform, 'admin', password, { zh: '运营方登录', en: 'The operator signs in' })
  const scene: Play = {
    stage,
    gateway,
    run: randomUUID().slice(0, 8),
    carParkUrl,
    asOperator: (title, method, path, body) => stage.done(title, () => managementRequest(platform, method, path, body, operator)),
  }
  const [spaces, payments] = await publish(scene)

  stage.chapter({ zh: '二　合作方注册并取得应用', en: 'Two: a partner registers and gets an app' })
  const developer = await register(scene, platform)
  const partner = await becomePartner(scene, platform, developer, spaces, payments)

  stage.chapter({ zh: '三　合作方签名调用', en: 'Three: the partner calls, signed' })
  await callSigned(scene, partner)

  stage.chapter({ zh: '四　每一种拒绝都有名字', en: 'Four: every refusal has its name' })
  await refuseForItself(scene, partner)
  await refuseForTheInterface(scene, partner)
  await refuseForTheApp(scene, partner)
  await refuseForTheService(scene, partner)
  await refuseForItsEnd(scene, partner)

  stage.chapter({ zh: '五　统计与收尾', en: 'Five: statistics, and leaving things tidy' })
  await showStatistics(scene, platform, developer, partner)
  await tidyUp(scene, partner)
}

async function signIn(stage: Stage, platform: string, username: string, password: string, title: Words): Promise<string> {
  const { token } = await stage.done(title, () => managementRequest(platform, 'POST', '/openapi/user/login', { username, password }))
  return token
}

async function publish({ stage, gateway, run, carParkUrl, asOperator }: Play): Promise<[Interface, Interface]> {
  const service = await asOperator(
    { zh: '登记后端服务：一个停车场', en: 'Registers a service, which interfaces will lead to: a car park' },
    'POST',
    '/openapi/service/add',
    { name: `demo-${run}`, targets: [{ url: carParkUrl }] },
  )
  const spaces: Interface = await asOperator(
    { zh: '新增接口：查询空余车位（尚未发布）', en: 'Adds an interface: free spaces (not published yet)' },
    'POST',
    '/openapi/interface/add',
    {
      name: '空余车位',
      path: `/demo-${run}/spaces`,
      method: 'GET',
      type: 0,
      serviceType: 1,
      version: 'v1',
      serviceId: service.id,
      upstreamPath: '/spaces',
    },
  )
  const payments: Interface = await asOperator(
    { zh: '新增接口：缴纳停车费（尚未发布）', en: 'Adds an interface: payments (not published yet)' },
    'POST',
    '/openapi/interface/add',
    {
      name: '停车缴费',
      path: `/demo-${run}/payments`,
      method: 'POST',
      type: 0,
      serviceType: 2,
      version: 'v1',
      serviceId: service.id,
      upstreamPath: '/payments',
    },
  )
  await stage.step(
    {
      zh: '未发布的接口对外不存在（Accept-Language 决定说明的语言）',
      en: 'Outside, an unpublished interface does not exist (Accept-Language decides the language of the words)',
    },
    '404 interface_not_found',
    () => ({ method: 'GET', url: gateway + spaces.path, headers: { 'accept-language': 'en' } }),
  )
  await asOperator({ zh: '发布车位接口', en: 'Publishes the interface of the spaces' }, 'PUT', `/openapi/interface/publish/${spaces.id}`)
  await asOperator(
    { zh: '发布缴费接口', en: 'Publishes the interface of the payments' },
    'PUT',
    `/openapi/interface/publish/${payments.id}`,
  )
  await stage.step(
    { zh: '一秒之内网关已认识它，但来者须有凭证', en: 'Within a second the gateway knows it, but wants credentials' },
    '401 missing_credentials',
    () => ({ method: 'GET', url: gateway + spaces.path, headers: {} }),
    { follows: true },
  )
  return [spaces, payments]
}

async function register({ stage, run }: Play, platform: string): Promise<string> {
  const username = `demo-${run}`
  const password = randomUUID()
  await stage.done({ zh: '开发者注册', en: 'A developer registers' }, () =>
    managementRequest(platform, 'POST', '/openapi/user/register', { username, password, nikeName: '演示开发者' }),
  )
  return signIn(stage, platform, username, password, { zh: '开发者登录', en: 'The developer signs in' })
}

async function becomePartner(scene: Play, platform: string, developer: string, spaces: Interface, payments: Interface): Promise<Partner> {
  const { stage, gateway, asOperator } = scene
  const app: Partner['app'] = await stage.done(
    { zh: '创建应用：初始为禁用（status 1），密钥只显示这一次', en: 'Creates an app: disabled (status 1), its secret shown this once' },
    () => managementRequest(platform, 'POST', '/openapi/app/add', { name: `演示应用 ${scene.run}` }, developer),
  )
  await stage.step(
    { zh: '应用未启用，还换不到 token', en: 'Before it is enabled, the app gets no token' },
    '403 app_disabled',
    () => tokenRequest(gateway, app),
    { follows: true },
  )
  await asOperator({ zh: '运营方启用应用', en: 'The operator enables the app' }, 'PUT', `/openapi/app/enable/${app.id}`)
  const askedAt = Date.now()
  const first = await stage.done(
    { zh: '应用在网关换取 token', en: 'The app gets a token at the gateway' },
    () => tokenRequest(gateway, app),
    { follows: true },
  )
  const firstToken = tokenFrom(first, askedAt)
  const { token, newToken } = keepToken(gateway, app, firstToken)
  const partner: Partner = {
    app,
    spaces,
    payments,
    firstToken,
    token,
    newToken,
    get: async (path, business = {}, signing = {}) =>
      signedRequest(app, 'GET', gateway + path, business, { ...signing, token: signing.token ?? (await token()) }),
    post: async (path, business, signing = {}) =>
      signedRequest(app, 'POST', gateway + path, business, { ...signing, token: signing.token ?? (await token()) }),
  }

  await stage.step({ zh: '有 token，但接口未授权', en: 'It has a token, but was granted nothing yet' }, '403 not_granted', () =>
    partner.get(spaces.path),
  )
  await asOperator({ zh: '运营方授权两个接口', en: 'The operator grants both interfaces' }, 'PUT', `/openapi/app/config/${app.id}`, {
    interfaceIds: [spaces.id, payments.id],
  })
  return partner
}

function tokenFrom({ token, expiresIn }: { token: string; expiresIn: number }, askedAt: number): Token {
  return { text: token, lifeMs: expiresIn * 1000, endsAt: askedAt + expiresIn * 1000 }
}

// As a partner's program does it: a token is kept, and another asked for in time. That request is not shown again.
function keepToken(gateway: string, app: App, first: Token): Pick<Partner, 'token' | 'newToken'> {
  let kept = first
  async function newToken(): Promise<string> {
    const askedAt = Date.now()
    const answer = await send(tokenRequest(gateway, app))
    if (answer.status !== 200) throw new Error(`no new token: ${answer.text}`)
    kept = tokenFrom(answer.json.data, askedAt)
    return kept.text
  }
  return { newToken, token: async () => (kept.endsAt - Date.now() < kept.lifeMs / 2 ? newToken() : kept.text) }
}

async function callSigned({ stage, gateway }: Play, partner: Partner): Promise<void> {
  await stage.step(
    { zh: '查询空余车位，以 hmac-sha256 签名', en: 'Asks for free spaces, signed by hmac-sha256' },
    '200',
    () => partner.get(partner.spaces.path, { carPark: '东门停车场' }),
    { follows: true },
  )
  const payment = await partner.post(partner.payments.path, { plate: '京A·12345', fen: 1250 }, { scheme: 'openapi' })
  await stage.step({ zh: '缴费 12.50 元，以 openapi（AES）签名', en: 'Pays 12.50 yuan, signed by openapi (AES)' }, '200', () => payment)
  await stage.step(
    { zh: '同一笔缴费再发一次：重放被拒绝，不会重复扣款', en: 'The same payment once more: a replay is refused, nobody pays twice' },
    '401 replayed_request',
    () => payment,
  )
  await stage.step(
    {
      zh: '查询空余车位，按 RFC 9421 签名：签名在请求头里，参数不变',
      en: 'Asks for free spaces, signed by RFC 9421: in fields, the parameters as they are',
    },
    '200',
    async () => messageRequest(partner.app, 'GET', `${gateway}${partner.spaces.path}?carPark=west-gate`, await partner.token()),
  )
  const sealed = await stage.step(
    { zh: '缴费 8 元，请求和应答都加密（aes-256-gcm）', en: 'Pays 8 yuan, encrypted both ways (aes-256-gcm)' },
    '200',
    async () => {
      const token = await partner.token()
      return sealedRequest(partner.app, gateway + partner.payments.path, { plate: '沪B·67890', fen: 800 }, { token })
    },
  )
  if (sealed.json?.data) {
    const opened = openedAnswer(partner.app, sealed.json)
    stage.note({ zh: `解密后的应答：${opened}`, en: `the answer, opened: ${opened}` })
  }
  await stage.step({ zh: '后端服务自己的拒绝原样返回', en: "The service's own refusal comes back as it is" }, '422', () =>
    partner.post(partner.payments.path, { plate: '京A·12345', fen: 0 }),
  )
}

/** Refusals before anybody is identified are counted for the interface, and for no app (settled D11). */
const uncounted = /interface_not_found|interface_disabled|missing_credentials|invalid_token|token_expired/

async function showStatistics({ stage, gateway, run }: Play, platform: string, developer: string, { app }: Partner): Promise<void> {
  const ours = stage.outcomes.filter(({ url, outcome }) => url.startsWith(`${gateway}/demo-${run}/`) && !uncounted.test(outcome))
  await stage.step(
    { zh: '开发者查看应用的调用统计：与演示发出的调用数一致', en: 'The developer looks at the calls of the app: as many as the demo made' },
    `200, ${ours.length} calls`,
    () => managementRequest(platform, 'GET', `/openapi/stats/current?appId=${app.appId}`, undefined, developer),
    { follows: true, outcome: ({ status, json }) => `${status}, ${json?.data?.year} calls` },
  )
}

// What was published on somebody's platform must not go on promising a service that ends with the demo.
async function tidyUp({ asOperator }: Play, { app, spaces, payments }: Partner): Promise<void> {
  await asOperator({ zh: '收尾：禁用应用', en: 'Tidying up: disables the app' }, 'PUT', `/openapi/app/disable/${app.id}`)
  await asOperator(
    { zh: '收尾：禁用车位接口', en: 'Tidying up: disables the interface of the spaces' },
    'PUT',
    `/openapi/interface/disable/${spaces.id}`,
  )
  await asOperator(
    { zh: '收尾：禁用缴费接口', en: 'Tidying up: disables the interface of the payments' },
    'PUT',
    `/openapi/interface/disable/${payments.id}`,
  )
}

function printSummary(print: Print, steps: readonly Step[]): void {
  printChapter(print, { zh: '小结', en: 'Summary' })
  for (const [at, step] of steps.entries()) {
    const expected = isAsTold(step) ? '' : `（应为 expected: ${step.expected}）`
    print(
      `${isAsTold(step) ? '✓' : '✗'} ${String(at + 1).padStart(2)}  ${step.actual.padEnd(28)}${expected}${step.title.zh} · ${step.title.en}`,
    )
  }
  const wrong = steps.filter((step) => !isAsTold(step)).length
  print('')
  print(wrong === 0 ? `${steps.length} 步全部如所述。` : `${steps.length} 步中有 ${wrong} 步与所述不符。`)
  print(wrong === 0 ? `All ${steps.length} steps went as told.` : `${wrong} of ${steps.length} steps did not go as told.`)
}
