// The audit log: every change of what people decide, with who, what, before and after, and from where; nobody can alter it.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { readConfig } from '#config/read.ts'
import { forgetAudit } from '#core/audit/audit.store.ts'
import { openDatabase } from '#db/open.ts'
import { sweep } from '#worker/sweep.ts'
import { type Answer, type House, openHouse, send } from '../house.ts'

let house: House

before(async () => {
  house = await openHouse({ settings: { KAIMEN_TRUSTED_PROXIES: '127.0.0.1' } })
})
after(() => house.close())

function fails(answer: Answer, status: number, fault: string): void {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.fault, fault, answer.text)
}

interface AuditRow {
  readonly [field: string]: unknown
  readonly before: Record<string, unknown> | null
  readonly after: Record<string, unknown> | null
}

async function audit(query: string): Promise<AuditRow[]> {
  return (await house.done('GET', `/openapi/audit/page?size=200&${query}`)).records
}

test('a change says who made it, by what, from where and in which request, with what it was before', async () => {
  const added = await house.done('POST', '/openapi/project/add', { name: '东门', code: 'east' })
  const headers = { authorization: `Bearer ${house.admin}`, 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.9' }
  const edit = { method: 'PUT', path: `/openapi/project/edit/${added.id}`, headers, body: JSON.stringify({ name: '西门' }) }
  const answer = await send(house.platformUrl, edit)
  assert.equal(answer.status, 200)

  const [edited, inserted, ...others] = await audit(`kind=project&subject=${added.id}`)
  assert.deepEqual(others, [])
  const { id, time, requestId, ...rest } = edited!
  assert.match(String(time), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
  assert.equal(requestId, answer.headers.get('x-request-id'))
  assert.deepEqual(rest, {
    userId: 1,
    username: 'admin',
    ip: '203.0.113.9',
    route: 'PUT /openapi/project/edit/{id}',
    kind: 'project',
    subject: String(added.id),
    action: 'update',
    before: { name: '东门' },
    after: { name: '西门' },
  })
  assert.equal(inserted!.before, null)
  assert.equal(inserted!.after!.code, 'east')
  assert.ok((inserted!.id as number) < (id as number))
})

test('sets are audited by what changed in them, with both ids', async () => {
  const one = await house.publish({ path: '/one' })
  const two = await house.publish({ path: '/two' })
  const app = await house.app([one.id])
  await house.done('PUT', `/openapi/app/config/${app.id}`, { interfaceIds: [two.id] })
  const rows = await audit(`kind=grant&from=2000-01-01 00:00:00`.replaceAll(' ', '%20'))
  assert.deepEqual(
    rows.slice(0, 3).map(({ action, subject }) => `${action} ${subject}`),
    [`insert ${app.id} ${two.id}`, `delete ${app.id} ${one.id}`, `insert ${app.id} ${one.id}`],
  )
})

test('who is not signed in is known by address, request and route', async () => {
  const { id } = await house.done('POST', '/openapi/user/register', { username: 'newcomer', password: 'a long password' }, '')
  const [row] = await audit(`kind=user&subject=${id}`)
  assert.deepEqual([row!.userId, row!.username, row!.ip, row!.route], [null, null, '127.0.0.1', 'POST /openapi/user/register'])
  assert.ok(row!.requestId)
  const [role] = await audit(`kind=user_role&subject=${id}%202`)
  assert.equal(role!.requestId, row!.requestId)
})

test('a change in psql is audited too, by nobody; one of use alone is not', async () => {
  const { id } = await house.done('POST', '/openapi/app/add', { name: 'by hand' })
  await house.query('update app set name = $2, updated_at = now() where id = $1', [id, '=by psql'])
  const [row, ...rest] = await audit(`kind=app&subject=${id}`)
  assert.deepEqual(
    [row!.username, row!.ip, row!.route, row!.before, row!.after],
    [null, null, null, { name: 'by hand' }, { name: '=by psql' }],
  )
  await house.query("update app set updated_at = now() + interval '1 hour', update_user = 'x' where id = $1", [id])
  await house.query('update app_secret set last_used_at = now() where app_id = $1', [id])
  assert.equal((await audit(`kind=app&subject=${id}`)).length, rest.length + 1)
  assert.deepEqual(
    (await audit('kind=app_secret')).map(({ action }) => action).filter((action) => action === 'update'),
    [],
  )
})

test('a key that is changed leaves what was and what is', async () => {
  const { id } = await house.done('POST', '/openapi/user/register', { username: 'moved', password: 'a long password' }, '')
  await house.query('update user_role set role_id = 1 where user_id = $1', [id])
  const [gone] = await audit(`kind=user_role&subject=${id}%202&action=update`)
  const [come] = await audit(`kind=user_role&subject=${id}%201&action=update`)
  assert.deepEqual([gone!.before, gone!.after], [{ user_id: id, role_id: 2 }, null])
  assert.deepEqual([come!.before, come!.after], [null, { user_id: id, role_id: 1 }])
})

test('what is refused leaves nothing: a request is done whole or not at all', async () => {
  const [before] = (await house.query('select max(id) as id from audit')).rows
  const one = await house.done('POST', '/openapi/app/add', { name: 'whole' })
  fails(await house.manage('PUT', `/openapi/app/config/${one.id}`, { interfaceIds: [999_999] }, house.admin), 400, 'invalid_parameters')
  fails(await house.manage('POST', '/openapi/project/add', { name: 'x', code: 'east' }, house.admin), 409, 'conflict')
  const rows = (await house.query('select kind from audit where id > $1 order by id', [before.id])).rows
  assert.deepEqual(
    rows.map(({ kind }) => kind),
    ['app', 'app_secret'],
  )
})

test('no secret is in the audit, only that there is one and that it changed', async () => {
  const app = await house.done('POST', '/openapi/app/add', { name: 'secretive' })
  await house.done('PUT', `/openapi/app/resetSignKey/${app.id}`, {})
  await house.done('POST', '/openapi/user/register', { username: 'hashed', password: 'a long password' }, '')
  await house.query(`update "user" set password_hash = 'SENTINEL' where username = 'hashed'`)
  const source = { name: 's', url: 'http://projects.invalid/', credential: 'Authorization: Bearer SENTINEL' }
  const { id } = await house.done('POST', '/openapi/projectSource/add', source)

  const { rows } = await house.query('select coalesce(before::text, $1) || coalesce(after::text, $1) as both from audit', [''])
  const all = rows.map(({ both }) => both).join('\n')
  for (const secret of ['SENTINEL', app.appSecret, '$argon2', 'v1.', 'PRIVATE KEY']) assert.ok(!all.includes(secret), secret)
  const [row] = await audit('kind=user&action=update')
  assert.deepEqual([row!.before, row!.after], [{ password_hash: '***' }, { password_hash: '***' }])
  assert.equal((await audit(`kind=project_source&subject=${id}`))[0]!.after!.credential_sealed, '***')
})

test('every table that holds what people decide is audited, and its secrets have names that are masked', async () => {
  const { rows } = await house.query<{ table: string }>(
    `select distinct event_object_table as table from information_schema.triggers where trigger_name = 'audit_update'`,
  )
  const audited = [
    'app',
    'app_project',
    'app_secret',
    'event_choice',
    'grant',
    'grant_request',
    'operation',
    'project',
    'project_source',
    'role',
  ]
  const others = ['role_permission', 'service', 'service_type', 'signing_key', 'user', 'user_role']
  const tables = new Set(rows.map(({ table }) => table))
  for (const table of [...audited, ...others]) assert.ok(tables.has(table), table)
  const columns = await house.query<{ column: string }>(
    `select table_name || '.' || column_name as column from information_schema.columns
     where table_name = any($1) and column_name ~ 'secret|password|private|credential|seal|hash|otp' and column_name !~ '(sealed|hash)$'`,
    [[...tables]],
  )
  assert.deepEqual(columns.rows, [])
})

test('nobody alters the audit, nor empties a table behind its back', async () => {
  const before = (await house.query('select count(*) from audit')).rows[0].count
  for (const statement of [
    `update audit set username = 'x'`,
    'delete from audit',
    'truncate audit',
    'truncate app cascade',
    'truncate "user" cascade',
  ]) {
    await assert.rejects(house.query(statement), /is refused/, statement)
  }
  assert.equal((await house.query('select count(*) from audit')).rows[0].count, before)
})

test('the page filters by each field, and finds a contained text literally within a month', async () => {
  const { id } = await house.done('POST', '/openapi/project/add', { name: '100% 停车' })
  await house.done('POST', '/openapi/project/add', { name: '100x 停车' })
  const time = new Date(Date.now() + 8 * 3_600_000)
  const day = (offset: number) => `${new Date(time.getTime() + offset * 86_400_000).toISOString().slice(0, 10)}%2000:00:00`
  const recent = `from=${day(-1)}&to=${day(2)}`
  assert.deepEqual(
    (await audit(`${recent}&text=${encodeURIComponent('100% 停')}`)).map(({ subject }) => subject),
    [String(id)],
  )
  assert.deepEqual(await audit(`from=${day(2)}`), [])
  assert.deepEqual(await audit(`to=${day(-1)}`), [])
  assert.deepEqual(await audit('username=nobody'), [])
  assert.ok(
    (await audit('username=admin&action=insert&kind=project')).every(({ username, action }) => username === 'admin' && action === 'insert'),
  )
  for (const query of [
    'text=x',
    `text=x&from=${day(-40)}&to=${day(0)}`,
    'from=yesterday',
    'action=drop',
    'current=51&size=200',
    'size=0',
  ]) {
    fails(await house.manage('GET', `/openapi/audit/page?${query}`, undefined, house.admin), 400, 'invalid_parameters')
  }
})

test('past ten thousand the total says so instead of counting on', async () => {
  await house.query(`insert into service_type (id, title_zh, title_en) select n, '类', 'kind' from generate_series(1000, 11100) n`)
  const page = await house.done('GET', '/openapi/audit/page?kind=service_type&size=200&current=50')
  assert.deepEqual([page.total, page.totalCapped, page.records.length], [10_000, true, 200])
  assert.equal((await house.done('GET', '/openapi/audit/page?kind=signing_key')).totalCapped, false)
})

test('an export is the whole of it, and safe to open in a spreadsheet', async () => {
  const get = (query: string) =>
    send(house.platformUrl, { method: 'GET', path: `/openapi/audit/export?${query}`, headers: { authorization: `Bearer ${house.admin}` } })
  const lines = await get('format=ndjson&kind=service_type')
  assert.equal(lines.headers.get('content-type'), 'application/x-ndjson')
  assert.match(lines.headers.get('content-disposition')!, /^attachment; filename="audit.ndjson"$/)
  const rows = lines.text.trimEnd().split('\n').map((line) => JSON.parse(line)) // biome-ignore format: one thought
  const { rows: counted } = await house.query(`select count(*)::integer as count from audit where kind = 'service_type'`)
  assert.equal(rows.length, counted[0].count)
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length)

  await house.done('POST', '/openapi/user/register', { username: 'formula', password: 'a long password' }, '')
  await house.query(
    `begin; set local kaimen.actor = '{"username": "=HYPERLINK(1)\\"", "route": "@x", "ip": "＝1"}'; update "user" set nickname = 'x' where username = 'formula'; commit`,
  )
  const csv = await get('kind=user&action=update')
  assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8')
  const [head, first] = csv.text.split('\r\n')
  assert.equal(head, '\uFEFFid,time,userId,username,ip,requestId,route,kind,subject,action,before,after')
  assert.match(first!, /"'=HYPERLINK\(1\)""","'＝1",,"'@x","user","\d+","update","\{""nickname"":null\}","\{""nickname"":""x""\}"$/)
})

test('the audit is for who may see it', async () => {
  const developer = await house.login('newcomer', 'a long password')
  for (const path of ['/openapi/audit/page', '/openapi/audit/export']) {
    fails(await house.manage('GET', path, undefined, developer), 403, 'forbidden')
    fails(await house.manage('GET', path), 401, 'unauthorized')
  }
})

test('the audit is kept for good, or as long as a setting says; what is younger than 180 days goes by nobody’s word', async () => {
  const { db, close } = await openDatabase(house.databaseUrl, { error: () => {} })
  await house.query(
    `insert into audit (time, kind, subject, action) select now() - interval '300 days', 'old', n::text, 'insert' from generate_series(1, 2500) as n
     union all select now() - interval '190 days', 'young', '1', 'insert' union all select now() - interval '90 days', 'young', '2', 'insert'`,
  )
  const count = async (kind: string) => (await house.query('select count(*)::int from audit where kind = $1', [kind])).rows[0].count
  const run = (settings: Record<string, string>) =>
    sweep({ db, config: readConfig(settings, '/nowhere'), now: () => new Date() }, assert.fail)
  await run({})
  assert.deepEqual([await count('old'), await count('young')], [2500, 2])
  await run({ KAIMEN_AUDIT_DAYS: '200' })
  assert.deepEqual([await count('old'), await count('young')], [0, 2])
  assert.throws(() => readConfig({ KAIMEN_AUDIT_DAYS: '179' }, '/nowhere'), /KAIMEN_AUDIT_DAYS/)
  await assert.rejects(house.query(`delete from audit where kind = 'young' and subject = '1'`), /is refused/)
  const dayMs = 86_400_000
  await assert.rejects(forgetAudit(db, new Date(Date.now() - 10 * dayMs)), (error: Error) => /is refused/.test(String(error.cause)))
  assert.equal(await forgetAudit(db, new Date(Date.now() - 185 * dayMs)), 1)
  await close()
})
