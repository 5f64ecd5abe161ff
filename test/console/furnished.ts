// A platform with something on every page: partners in each state, interfaces both ways, calls that were answered and refused, events that
// arrived and did not, what was mailed and recorded.

import { freePort } from '../free-port.ts'
import { adminPassword, type House, openHouse, signed } from '../house.ts'

export const operator = { username: 'admin', password: adminPassword }
export const developer = { username: 'wang.fang', password: 'long enough words' }

const doc = `# 空闲车位查询

返回停车场此刻的**空闲车位**数。

| 字段 | 含义 |
| --- | --- |
| \`free\` | 空闲车位 |
| \`total\` | 车位总数 |

\`\`\`json
{ "free": 37, "total": 120 }
\`\`\`
`

const paramSchema = {
  type: 'object',
  required: ['park'],
  properties: {
    park: { type: 'string', description: '停车场名称', minLength: 1, examples: ['东门停车场'] },
    level: { type: 'integer', minimum: -5, maximum: 40, default: 1 },
    kinds: { type: 'array', items: { enum: ['car', 'truck'] } },
  },
}

export type Furnished = Awaited<ReturnType<typeof openFurnished>>

export async function openFurnished() {
  const house = await openHouse({
    settings: { KAIMEN_GATEWAY_PORT: String(await freePort()), KAIMEN_ALLOW_PRIVATE_CALLBACKS: 'true' },
    service: (request, response) => {
      if (request.url?.includes('payments')) response.writeHead(502).end('{"trouble":"the till is closed"}')
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{"free":37,"total":120}')
    },
  })
  const { done } = house
  const { id: developerId } = await done('POST', '/openapi/user/register', { ...developer, nikeName: '王芳', phoneNumber: '13800138000', email: 'wang.fang@partner.example' }, '') // biome-ignore format: one row
  for (const username of ['li.lei', 'han.meimei', 'a-partner-with-a-rather-long-name'])
    await done('POST', '/openapi/user/register', { username, password: developer.password }, '')
  const session = await house.login(developer.username, developer.password)
  await done('POST', '/openapi/role/add', { title: '审计员', name: 'auditor', permissionIds: [] })
  await done('POST', '/openapi/userDetail/add', { title: '生日', name: 'born', type: 'date' })

  const targets = [{ url: house.serviceUrl }, { url: 'http://127.0.0.1:9', weight: 2 }]
  await done('POST', '/openapi/service/add', { name: '计费中心', targets, healthCheck: { path: '/healthz' } })
  const parking = await house.publish({
    path: '/api/v1/car/parking',
    name: '空闲车位查询',
    security: 'sign',
    approval: 'auto',
    paramSchema,
  })
  await done('PUT', `/openapi/interface/doc/${parking.id}`, { doc })
  const pay = await house.publish({ path: '/api/v1/car/payments', method: 'POST', name: '停车缴费', security: 'token+sign' })
  const parked = await house.publish({ path: '/push/parked', name: '入场通知', method: 'POST', type: 1, serviceId: undefined })
  await done('POST', `/openapi/interface/version/${parking.id}`, { version: 'v2' })

  const app = await done('POST', '/openapi/app/add', { name: '万达停车', remark: '万达广场的停车助手' }, session)
  const waiting = await done('POST', '/openapi/app/add', { name: 'A partner’s app with quite a long name' }, session)
  await done('PUT', `/openapi/app/enable/${app.id}`)
  await done('PUT', `/openapi/app/config/${app.id}`, { interfaceIds: [parking.id, pay.id, parked.id] })
  await done('PUT', `/openapi/app/edit/${app.id}`, { dayQuota: 10_000, limitCount: 50, ipAllowList: ['127.0.0.0/8', '2001:db8:85a3::/48'] })
  await done('PUT', `/openapi/app/limit/${app.id}`, { interfaceId: parking.id, limitCount: 20, dayQuota: 1_000 })
  await done('PUT', `/openapi/app/expiration/${app.id}`, { expirationTime: '2099-12-31 23:59:59' })
  await done('PUT', `/openapi/app/callback/${app.id}`, { callbackAddress: house.serviceUrl })
  await done('POST', `/openapi/app/apply/${waiting.id}`, { interfaceIds: [pay.id], reason: '对接停车场缴费' }, session)
  const project = await done('POST', '/openapi/project/add', { name: '东门停车场', code: 'EAST', remark: '朝阳区建国路 93 号' })
  await done('PUT', `/openapi/app/bind/${app.id}`, { projectIds: [project.id] })
  const source = { name: 'ERP', url: 'https://erp.example/projects', intervalSeconds: 3_600, enabled: false }
  await done('POST', '/openapi/projectSource/add', source)
  await house.settled()

  let requestId = ''
  for (let at = 0; at < 4; at++) {
    await house.call(signed(app, 'GET', '/api/v1/car/parking', { fields: { park: '东门停车场' } }))
    await house.call(signed(app, 'POST', '/api/v1/car/payments', { token: await house.token(app) }))
    const refused = await house.call(signed(app, 'GET', '/api/v1/car/parking', { secret: 'x'.repeat(32), fields: { park: '东门停车场' } }))
    requestId = refused.json.requestId
  }
  await done('POST', '/openapi/event/push', { path: '/push/parked', data: { plate: '粤B12345', at: '东门停车场' } })
  const { eventId } = await done('POST', '/openapi/event/push', { path: '/push/parked', data: { plate: '京A88888' } })
  await kept(house, app.id)
  const ids: Readonly<Record<string, number>> = {
    '/apps/$id': app.id,
    '/my/apps/$id': app.id,
    '/interfaces/$id': parking.id,
    '/docs/$id': parking.id,
    '/events/$id': eventId,
    '/users/$id': developerId,
  }
  return {
    house,
    /** Where a page of the console shows something; one of one thing shows one that is here. */
    addressOf(path: string): string {
      if (path === '/explain') return `/explain?requestId=${requestId}`
      if (path.includes('$') && !(path in ids)) throw new Error(`${path} needs an id here`)
      return path.replace('$id', String(ids[path]))
    },
  }
}

/** Rows that come by ways which a house has not: mails that a server refused, codes by SMS, what apps recorded. */
async function kept(house: House, appId: number): Promise<void> {
  await house.query(
    `insert into mail ("to", subject, text, kind, status, tries, next_at, created_at, problem) values
       ('wang.fang@partner.example', '应用「万达停车」将于 7 天后过期', 'text', 'app_expiry', 'given_up', 9, now(), now(), '550 no such user'),
       ('ops@partner.example', 'Events of your app are held back', 'text', 'callback_failing', 'waiting', 2, now() + interval '1 hour', now(), null)`,
  )
  await house.query(
    `insert into app_log (time, app_id, user_id, type, title, data, sql) values
       (now(), $1, 1, 'U', '修改车位状态', '{"space":"A-12","state":"free"}', 'update space set state = $1 where id = $2')`,
    [appId],
  )
}
