import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type House, openHouse } from '../house.ts'
import { ask, fill, questions } from '../lists.ts'

const amounts = { people: 8_000, interfaces: 4_000, calls: 42_000, audits: 20_000 }
let house: House
let developer: string

before(async () => {
  house = await openHouse()
  await house.done('POST', '/openapi/user/register', { username: 'developer', password: 'a long password' }, '')
  await fill(house.databaseUrl, amounts)
  developer = await house.login('developer', 'a long password')
})
after(() => house?.close())

const large = /^(user|app|operation|project|grant_request|audit|mail|app_log|event|delivery|call_\d+)$/

test('no list reads a table whole to find what is rare', async () => {
  for (const question of questions(amounts, new Date())) {
    const { plans } = await ask(house, question, question.isDeveloper ? developer : house.admin)
    const name = `${question.path}?${question.query}`
    const wholes = plans.flatMap(({ wholeTables }) => wholeTables.filter((table) => large.test(table)))
    const rowsRead = plans.reduce((sum, plan) => sum + plan.rowsRead, 0)
    if (question.isWide) {
      // To count what matches, each is looked at once, and once more to pass over pages.
      assert.ok(rowsRead < 2.5 * amounts.people + 20_500, `${name} reads ${rowsRead} rows`)
    } else {
      assert.deepEqual(wholes, [], name)
      assert.ok(rowsRead < 700, `${name} reads ${rowsRead} rows`)
    }
  }
})
