// The fields of user details: who defines them, and what they may be.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type House, openHouse } from '../house.ts'

let house: House
before(async () => {
  house = await openHouse()
})
after(() => house.close())

const add = (body: object) => house.manage('POST', '/openapi/userDetail/add', body, house.admin)
const names = async () => (await house.done('GET', '/openapi/userDetail/page?size=200')).records.map(({ name }: { name: string }) => name)

test('those of source 003 are there from the first start, with their titles', async () => {
  const { records } = await house.done('GET', '/openapi/userDetail/page')
  assert.deepEqual(
    records.map(({ name, title }: { name: string; title: string }) => `${name} ${title}`),
    ['position 职位', 'address 地址', 'department 部门', 'school 学校', 'sex 性别'],
  )
})

test('they stand in their order, are named once, and go', async () => {
  const { id } = await house.done('POST', '/openapi/userDetail/add', { name: 'nation', title: '民族', order: 0 })
  assert.equal((await names())[0], 'nation')
  assert.equal((await add({ name: 'nation', title: 'x' })).fault, 'conflict')
  await house.done('PUT', `/openapi/userDetail/edit/${id}`, { order: 99, type: 'number' })
  assert.equal((await names()).at(-1), 'nation')
  await house.done('DELETE', `/openapi/userDetail/delete/${id}`)
  assert.ok(!(await names()).includes('nation'))
  for (const [method, path] of [
    ['PUT', `/openapi/userDetail/edit/${id}`],
    ['DELETE', `/openapi/userDetail/delete/${id}`],
  ] as const) {
    assert.equal((await house.manage(method, path, {}, house.admin)).fault, 'not_found')
  }
})

test('what is no field is refused by name', async () => {
  for (const body of [
    {},
    { name: 'x' },
    { name: 'username', title: 'x' },
    { name: '__proto__', title: 'x' },
    { name: 'x y', title: 'x' },
    { name: 'x', title: '' },
    { name: 'x', title: 'x'.repeat(65) },
    { name: 'x', title: 'x', type: 'html' },
    { name: 'x', title: 'x', required: 'yes' },
    { name: 'x', title: 'x', order: -1 },
    [],
    null,
  ]) {
    const answer = await add(body as object)
    assert.equal(answer.status, 400, JSON.stringify(body))
    assert.equal(answer.fault, 'invalid_parameters', JSON.stringify(body))
  }
})

test('there are fifty at most', async () => {
  const before = (await names()).length
  for (let at = before; at < 50; at++) await house.done('POST', '/openapi/userDetail/add', { name: `field${at}`, title: 'x' })
  assert.equal((await add({ name: 'one_more', title: 'x' })).status, 400)
})
