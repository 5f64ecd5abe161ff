// `npm run pictures`: the pictures of the README, in both languages, of a platform with some partners and an hour of calls.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { noBrowser } from '../browser.ts'
import { freePort } from '../free-port.ts'
import { adminPassword, type House, openHouse } from '../house.ts'
import { laptop, openConsole, type Page, phone } from './console.ts'

const folder = join(import.meta.dirname, '../../docs/pictures')
const bytesMax = 200_000
const admin = { username: 'admin', password: adminPassword }
const developer = { username: 'wang.fang', password: 'long enough words' }

const told = {
  en: {
    parking: 'Free spaces', pay: 'Pay for parking', card: 'Monthly card', apps: ['Wanda Parking', 'City Drive', 'Charge & Go'],
    doc: '# Free spaces\n\nHow many spaces of a car park are **free** at this moment.\n\n| field | meaning |\n| --- | --- |\n| `free` | free spaces |\n| `total` | all spaces |',
    tryIt: 'Try it', send: 'Send', calls: 'Calls', park: 'Name of the car park',
  },
  'zh-CN': {
    parking: '空闲车位查询', pay: '停车缴费', card: '月卡办理', apps: ['万达停车', '城市出行', '充电桩联盟'],
    doc: '# 空闲车位查询\n\n返回停车场此刻的**空闲车位**数。\n\n| 字段 | 含义 |\n| --- | --- |\n| `free` | 空闲车位 |\n| `total` | 车位总数 |',
    tryIt: '试调', send: '发送', calls: '调用记录', park: '停车场名称',
  },
} as const // biome-ignore format: a table

for (const language of ['en', 'zh-CN'] as const) {
  test(`pictures in ${language}`, { skip: noBrowser }, async () => {
    await using house = await openPlace(language)
    const { parking, app } = await furnish(house, language)
    await using browser = await openConsole(house)
    const said = told[language]
    const take = async (page: Page, name: string) => {
      // Charts and pictures of rows come a little after the words.
      await sleep(1_500)
      const path = join(folder, `${name}${language === 'en' ? '' : `.${language}`}.png`)
      await page.screenshot({ path })
      if (statSync(path).size > bytesMax) throw new Error(`${path} is larger than ${bytesMax} bytes`)
    }

    const light = await browser.signedIn(admin, '/', { language, viewport: { ...laptop, height: 860 } })
    await light.getByText(said.apps[0]).waitFor()
    await take(light, 'overview')
    await light.context().close()

    const dark = await browser.signedIn(developer, `/docs/${parking}?tab=try`, { language, theme: 'dark', viewport: laptop })
    await dark.getByRole('button', { name: said.send }).click()
    await dark.getByText('"free"').waitFor()
    await take(dark, 'try-it')
    await dark.goto(`/my/apps/${app}?tab=calls`)
    await dark.getByText('/api/v1/car/parking').first().waitFor()
    await take(dark, 'calls')
    await dark.context().close()

    const own = await browser.signedIn(developer, `/my/apps/${app}`, { language, viewport: laptop })
    await own.locator('.sections').getByText(said.calls, { exact: true }).waitFor()
    await take(own, 'app')
    await own.setViewportSize(phone)
    await own.goto('/')
    await own.getByText(said.apps[0]).first().waitFor()
    await take(own, 'phone')
  })
}

async function openPlace(language: 'en' | 'zh-CN'): Promise<House> {
  return openHouse({
    settings: { KAIMEN_GATEWAY_PORT: String(await freePort()), KAIMEN_NEW_APPS: 'enabled' },
    service: (_, response) => {
      const body = { carPark: language === 'en' ? 'East Gate' : '东门停车场', total: 120, free: 37 }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    },
  })
}

async function furnish(house: House, language: 'en' | 'zh-CN') {
  const said = told[language]
  await house.done('POST', '/openapi/user/register', developer, '')
  const session = await house.login(developer.username, developer.password)
  const example = language === 'en' ? 'East Gate' : '东门停车场'
  const paramSchema = { type: 'object', required: ['park'], properties: { park: { type: 'string', description: said.park, examples: [example] } } } // biome-ignore format: one row
  const open = { approval: 'auto', security: 'token+sign' }
  const parking = await house.publish({ ...open, path: '/api/v1/car/parking', name: said.parking, doc: said.doc, paramSchema })
  const pay = await house.publish({ ...open, path: '/api/v1/car/payments', method: 'POST', name: said.pay })
  const card = await house.publish({ ...open, path: '/api/v1/card/monthly', method: 'POST', name: said.card })
  const apps = []
  for (const name of said.apps) apps.push(await house.done('POST', '/openapi/app/add', { name }, session))
  for (const { id } of apps) await house.done('POST', `/openapi/app/apply/${id}`, { interfaceIds: [parking.id, pay.id, card.id] }, session)
  const [{ id: app }] = apps
  await house.done('PUT', `/openapi/app/edit/${app}`, { dayQuota: 10_000, limitCount: 50 })
  await house.settled()
  await countedHour(house, [parking.id, pay.id, card.id], apps.map(({ id }) => id)) // biome-ignore format: one thought
  for (const interfaceId of [parking.id, pay.id, parking.id, card.id, parking.id]) {
    const query = interfaceId === parking.id ? { query: { park: example } } : { body: {} }
    await house.done('POST', `/openapi/app/try/${app}`, { interfaceId, ...query }, session)
  }
  // One that is refused, for what it lacks.
  await house.done('POST', `/openapi/app/try/${app}`, { interfaceId: parking.id }, session)
  return { parking: parking.id, app: app as number }
}

/** An hour of calls as if gateways had told them: written where theirs are kept. */
async function countedHour(house: House, operations: readonly number[], apps: readonly number[]): Promise<void> {
  const add = `insert into usage (step, starts_at, operation_id, app_id, calls, refused, failed, latency_ms)
    values ($1, date_trunc($1, now() - make_interval(mins => $2), 'Asia/Shanghai'), $3, $4, $5, $6, $7, $8)
    on conflict (step, starts_at, operation_id, app_id) do update
    set calls = usage.calls + excluded.calls, refused = usage.refused + excluded.refused,
        failed = usage.failed + excluded.failed, latency_ms = usage.latency_ms + excluded.latency_ms`
  for (let ago = 59; ago > 0; ago -= 1) {
    for (const [at, operation] of operations.entries()) {
      for (const [by, app] of apps.entries()) {
        const wave = 1.6 + Math.sin((60 - ago) / 9 + by) + 0.5 * Math.sin(ago / 2.3 + at)
        const calls = Math.round((wave * 40) / (1 + at + by))
        const refused = Math.round(calls / 18)
        const failed = ago % 7 === 0 ? Math.round(calls / 25) : 0
        const counts = [calls, refused, failed, Math.round(calls * (14 + 5 * Math.sin(ago / 5)))]
        await house.query(add, ['minute', ago, operation, app, ...counts])
        for (const step of ['hour', 'day', 'month', 'year']) {
          for (const pair of [[operation, app], [-1, app], [operation, -1], [-1, -1]]) await house.query(add, [step, ago, ...pair, ...counts]) // biome-ignore format: one row
        }
      }
    }
  }
}
