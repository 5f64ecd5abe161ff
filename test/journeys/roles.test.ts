// Who may do what: roles are made of permissions, people have several, and nobody gives what they do not have.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { permissions } from '#core/role/permission.ts'
import { keepingAnAdministrator, rolesOf } from '#core/role/role.store.ts'
import { openDatabase } from '#db/open.ts'
import { managementRoutes } from '#edge/management/routes.ts'
import { type Answer, type House, openHouse, send } from '../house.ts'

let house: House
let ids: Map<string, number>

before(async () => {
  house = await openHouse()
  const page = await house.done('GET', '/openapi/permission/page?size=200')
  ids = new Map(page.records.map((one: { name: string; id: number }) => [one.name, one.id]))
})
after(() => house.close())

function fails(answer: Answer, status: number, fault: string): void {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.fault, fault, answer.text)
  assert.equal(answer.json.data, null)
}

let made = 0
const idsOf = (...names: string[]) => names.map((name) => ids.get(name)!)

async function person(): Promise<{ id: number; token: string }> {
  const username = `person${++made}`
  const { id } = await house.done('POST', '/openapi/user/register', { username, password: 'a long password' }, '')
  return { id, token: await house.login(username, 'a long password') }
}

async function role(...names: string[]): Promise<{ id: number; name: string }> {
  return house.done('POST', '/openapi/role/add', { name: `role-${++made}`, title: '角色', permissionIds: idsOf(...names) })
}

/** Somebody who is no developer any more, and has these roles. */
async function operator(...roles: { id: number }[]) {
  const one = await person()
  await house.done('PUT', `/openapi/user/role/${one.id}`, { roleIds: roles.map(({ id }) => id) })
  return one
}

test('every permission that a route asks for can be given, and is named in the caller’s language', async () => {
  for (const { who } of managementRoutes) if ('permission' in who) assert.ok(permissions.includes(who.permission), who.permission)
  const numbers = [...ids.values()]
  assert.equal(new Set(numbers).size, permissions.length)
  const page = (language: string) => {
    const headers = { authorization: `Bearer ${house.admin}`, 'accept-language': language }
    return send(house.platformUrl, { method: 'GET', path: '/openapi/permission/page?size=200', headers })
  }
  const createApp = async (language: string) =>
    (await page(language)).json.data.records.find(({ name }: { name: string }) => name === 'create-app')
  assert.deepEqual(await createApp('en'), {
    id: 102,
    name: 'create-app',
    title: 'Create apps for anybody',
    module: 'app',
    moduleTitle: 'Apps',
  })
  assert.equal((await createApp('zh-CN')).title, '为任何人创建应用')
})

test('a role is added, seen, edited and deleted', async () => {
  const added = await house.done('POST', '/openapi/role/add', {
    name: 'support',
    title: '客服',
    permissionIds: idsOf('view-app', 'view-app'),
  })
  assert.deepEqual(Object.keys(added), ['id', 'name', 'title', 'permissionIds', 'builtIn', 'createTime'])
  assert.deepEqual(added.permissionIds, idsOf('view-app'))
  const edited = await house.done('PUT', `/openapi/role/edit/${added.id}`, { permissionIds: idsOf('view-app', 'view-stats') })
  assert.deepEqual([edited.name, edited.title, edited.permissionIds], ['support', '客服', idsOf('view-app', 'view-stats')])
  await house.done('PUT', `/openapi/role/edit/${added.id}`, { title: 'Support', permissionIds: null })
  const { records } = await house.done('GET', '/openapi/role/page?name=supp')
  assert.deepEqual(records, [{ ...edited, title: 'Support' }])
  await house.done('DELETE', `/openapi/role/delete/${added.id}`)
  assert.equal((await house.done('GET', '/openapi/role/page?name=supp')).total, 0)
  fails(await house.manage('PUT', `/openapi/role/edit/${added.id}`, {}, house.admin), 404, 'not_found')
  fails(await house.manage('DELETE', `/openapi/role/delete/${added.id}`, undefined, house.admin), 404, 'not_found')
})

test('what is not right about a role is refused by name', async () => {
  const one = await role()
  const add = (body: object) => house.manage('POST', '/openapi/role/add', body, house.admin)
  fails(await add({ name: one.name, title: 'x' }), 409, 'conflict')
  fails(await add({ name: 'admin', title: 'x' }), 409, 'conflict')
  fails(await add({ name: 'x', title: 'x', permissionIds: [999] }), 400, 'invalid_parameters')
  fails(await add({ name: '', title: 'x' }), 400, 'invalid_parameters')
  const other = await role()
  fails(await house.manage('PUT', `/openapi/role/edit/${one.id}`, { name: other.name }, house.admin), 409, 'conflict')
  fails(await house.manage('PUT', '/openapi/user/role/999999', { roleIds: [] }, house.admin), 404, 'not_found')
  const { id } = await person()
  fails(await house.manage('PUT', `/openapi/user/role/${id}`, { roleIds: [999_999] }, house.admin), 400, 'invalid_parameters')
})

test('admin and developer stay what they are', async () => {
  const { records } = await house.done('GET', '/openapi/role/page?size=2')
  assert.deepEqual(
    records.map((one: { name: string; builtIn: boolean; permissionIds: number[] }) => [one.name, one.builtIn, one.permissionIds.length]),
    [
      ['admin', true, permissions.length],
      ['developer', true, 0],
    ],
  )
  for (const { id } of records) {
    fails(await house.manage('PUT', `/openapi/role/edit/${id}`, { title: 'x' }, house.admin), 409, 'built_in_role')
    fails(await house.manage('DELETE', `/openapi/role/delete/${id}`, undefined, house.admin), 409, 'built_in_role')
  }
})

test('several roles add up, and what they allow is in force at the next request', async () => {
  const one = await role('view-app')
  const { id, token } = await operator(one, await role('view-service'))
  const sees = async (path: string) => (await house.manage('GET', path, undefined, token)).status
  assert.deepEqual(
    [await sees('/openapi/app/page'), await sees('/openapi/service/page'), await sees('/openapi/project/page')],
    [200, 200, 403],
  )
  await house.done('PUT', `/openapi/role/edit/${one.id}`, { permissionIds: idsOf('view-project') })
  assert.deepEqual([await sees('/openapi/app/page'), await sees('/openapi/project/page')], [403, 200])
  await house.done('PUT', `/openapi/user/role/${id}`, { roleIds: [] })
  assert.equal(await sees('/openapi/project/page'), 403)
})

test('nobody puts into a role, takes from it, or deletes with it, what they do not have themselves', async () => {
  const clerk = await operator(await role('view-role', 'edit-role', 'view-app'))
  const add = (names: string[]) => ({ name: `role-${++made}`, title: 'x', permissionIds: idsOf(...names) })
  fails(await house.manage('POST', '/openapi/role/add', add(['view-app', 'enable-app']), clerk.token), 403, 'forbidden')
  const own = await house.done('POST', '/openapi/role/add', add(['view-app']), clerk.token)
  fails(await house.manage('PUT', `/openapi/role/edit/${own.id}`, { permissionIds: idsOf('enable-app') }, clerk.token), 403, 'forbidden')
  const higher = await role('enable-app', 'view-app')
  fails(await house.manage('PUT', `/openapi/role/edit/${higher.id}`, { permissionIds: [] }, clerk.token), 403, 'forbidden')
  fails(await house.manage('DELETE', `/openapi/role/delete/${higher.id}`, undefined, clerk.token), 403, 'forbidden')
  // What both have may change, and a title is no permission.
  const kept = { name: higher.name, title: '上级', permissionIds: idsOf('enable-app') }
  assert.deepEqual((await house.done('PUT', `/openapi/role/edit/${higher.id}`, kept, clerk.token)).permissionIds, idsOf('enable-app'))
  // By its name apps know it.
  fails(await house.manage('PUT', `/openapi/role/edit/${higher.id}`, { name: 'free-now' }, clerk.token), 403, 'forbidden')
})

test('an interface is published, taken back, disabled and enabled by that permission alone, however it is asked for', async () => {
  const { id } = await house.publish({ path: '/served' })
  const draft = await house.publish({ path: '/drafted', status: 0 })
  const names = ['create-interface', 'edit-interface', 'import-interface']
  const [writer, publisher] = [await operator(await role(...names)), await operator(await role(...names, 'publish-interface'))]
  const { serviceId } = await house.done('GET', `/openapi/interface/${id}`)
  const added = (path: string) => ({ name: 'x', path, method: 'GET', type: 0, serviceType: 4, version: 'v1', serviceId, status: 1 })
  const edit = (of: { id: number }, body: object, { token }: { token: string }) =>
    house.manage('PUT', `/openapi/interface/edit/${of.id}`, body, token)
  const take = async (rows: object[], { token }: { token: string }, query = '') => {
    const body = new FormData()
    body.set('file', new Blob([JSON.stringify(rows)]), 'rows.json')
    const url = `${house.platformUrl}/openapi/interface/import${query}`
    return (
      (await (await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body })).json()) as { error?: string }
    ).error
  }

  fails(await house.manage('POST', '/openapi/interface/add', added('/added'), writer.token), 403, 'forbidden')
  for (const body of [{ status: 0 }, { enable: 1 }]) fails(await edit({ id }, body, writer), 403, 'forbidden')
  fails(await edit(draft, { status: 1 }, writer), 403, 'forbidden')
  for (const rows of [[added('/added')], [{ method: 'GET', path: '/served', version: 'v1', status: 0 }]]) {
    for (const query of ['', '?dryRun=true']) assert.equal(await take(rows, writer, query), 'forbidden')
  }
  // What changes nothing of it is theirs.
  for (const body of [{ status: 1, enable: 0, remark: 'x' }]) assert.equal((await edit({ id }, body, writer)).status, 200)
  assert.equal((await edit(draft, { enable: 1 }, writer)).status, 200)
  assert.equal(
    await take(
      [
        { ...added('/added'), status: 0 },
        { method: 'GET', path: '/served', version: 'v1', remark: 'y' },
      ],
      writer,
    ),
    undefined,
  )

  assert.equal(await take([added('/added')], publisher), undefined)
  for (const body of [{ enable: 1 }, { enable: 0 }, { status: 0 }, { status: 1 }])
    assert.equal((await edit({ id }, body, publisher)).status, 200)
})

test('nobody gives a user, or takes from one, a role that allows more than they may', async () => {
  const small = await role('view-app')
  const clerk = await operator(await role('grant-role', 'view-app'))
  const { id } = await person()
  const grant = (user: number, roleIds: number[]) => house.manage('PUT', `/openapi/user/role/${user}`, { roleIds }, clerk.token)
  assert.equal((await grant(id, [small.id])).status, 200)
  fails(await grant(id, [small.id, (await role('enable-app')).id]), 403, 'forbidden')
  fails(await grant(id, [1]), 403, 'forbidden')
  fails(await grant(1, [2]), 403, 'forbidden')
  // All of today's permissions are not the role that has those to come.
  const all = await operator(await role(...ids.keys()))
  fails(await house.manage('PUT', `/openapi/user/role/${id}`, { roleIds: [1] }, all.token), 403, 'forbidden')
})

test('a role that somebody has is not deleted', async () => {
  const one = await role('view-app')
  const { id } = await operator(one)
  fails(await house.manage('DELETE', `/openapi/role/delete/${one.id}`, undefined, house.admin), 409, 'in_use')
  await house.done('PUT', `/openapi/user/role/${id}`, { roleIds: [] })
  await house.done('DELETE', `/openapi/role/delete/${one.id}`)
})

test('the last administrator stays, also when two are taken away at once', async () => {
  fails(await house.manage('PUT', '/openapi/user/role/1', { roleIds: [2] }, house.admin), 409, 'conflict')
  // A deleted user is none.
  const gone = await person()
  await house.done('PUT', `/openapi/user/role/${gone.id}`, { roleIds: [1] })
  await house.query('update "user" set deleted_at = now() where id = $1', [gone.id])
  fails(await house.manage('PUT', '/openapi/user/role/1', { roleIds: [2] }, house.admin), 409, 'conflict')

  for (let round = 0; round < 5; round++) {
    const second = await person()
    await house.done('PUT', `/openapi/user/role/${second.id}`, { roleIds: [1] })
    // Each takes the role from the other.
    const answers = await Promise.all([
      house.manage('PUT', '/openapi/user/role/1', { roleIds: [2] }, second.token),
      house.manage('PUT', `/openapi/user/role/${second.id}`, { roleIds: [2] }, house.admin),
    ])
    const taken = answers.filter(({ status }) => status === 200)
    assert.equal(taken.length, 1, answers.map(({ text }) => text).join())
    for (const answer of answers) if (answer.status !== 200) assert.ok(['conflict', 'forbidden'].includes(answer.fault!), answer.text)
    if (answers[0]!.status === 200) await house.done('PUT', '/openapi/user/role/1', { roleIds: [1, 2] }, second.token)
    await house.done('PUT', `/openapi/user/role/${second.id}`, { roleIds: [2] })
  }
})

test('of two administrators who are deleted at once, one stays', async () => {
  const second = await person()
  await house.done('PUT', `/openapi/user/role/${second.id}`, { roleIds: [1] })
  const database = await openDatabase(house.databaseUrl, { error: () => {} })
  let begun = 0
  const remove = (id: number) =>
    keepingAnAdministrator(database.db, async (tx) => {
      await tx.execute(sql`update "user" set deleted_at = now() where id = ${id}`)
      // Time for the other to be as far, if it can.
      begun++
      for (let waited = 0; begun < 2 && waited < 500; waited += 20) await sleep(20)
    })
  const [first, other] = await Promise.allSettled([remove(1), remove(second.id)])
  await database.db.execute(sql`update "user" set deleted_at = null where id = 1`)
  await database.close()
  assert.deepEqual([first.status, other.status].sort(), ['fulfilled', 'rejected'])
})

test('developers do not reach roles', async () => {
  const { id, token } = await person()
  for (const [method, path, body] of [
    ['GET', '/openapi/role/page'],
    ['POST', '/openapi/role/add', {}],
    ['PUT', '/openapi/role/edit/1', {}],
    ['DELETE', '/openapi/role/delete/1'],
    ['GET', '/openapi/permission/page'],
    ['PUT', `/openapi/user/role/${id}`, { roleIds: [1] }],
  ] as const) {
    fails(await house.manage(method, path, body, token), 403, 'forbidden')
    fails(await house.manage(method, path, body), 401, 'unauthorized')
  }
})

test('the roles of many users are read at once', async () => {
  const one = await role()
  const { id } = await operator(one)
  const database = await openDatabase(house.databaseUrl, { error: () => {} })
  const found = await rolesOf(database.db, [id, 999_999])
  await database.close()
  assert.deepEqual([...found.keys()], [id])
  assert.deepEqual(found.get(id), [{ id: one.id, name: one.name, title: '角色' }])
})
