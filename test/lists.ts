// Every list of the management API over many rows: a database that is full, each filter as a request, and what PostgreSQL did for it.
// `journeys/lists.test.ts` asks with some thousand rows, `npm run long -- lists` with millions.

import pg from 'pg'
import { connect } from './database.ts'
import type { House } from './house.ts'

export interface Amounts {
  /** Of users, apps, projects and requests each. */
  readonly people: number
  readonly interfaces: number
  readonly calls: number
  readonly audits: number
}

const callDays = 14

/** Fills the database of a house, inside PostgreSQL. Names are Chinese; a hundredth of everything is deleted. */
export async function fill(url: string, { people, interfaces, calls, audits }: Amounts): Promise<void> {
  await using client = await connect(url)
  const run = (statement: string, values: unknown[] = []) => client.query(statement, values)
  const developer = Number((await run('select max(id) as id from "user"')).rows[0].id)
  const words = `(array['停车','物业','支付','月卡','商户','小区','道闸','优惠','访客','车位'])`
  const towns = `(array['北京','上海','广州','深圳','杭州','成都','武汉'])`
  // Two characters of a few thousand: what is rare is really rare.
  const rare = `chr(19968 + n * 7 % 4001) || chr(24000 + n * 11 % 3989)`
  const deletedAt = 'case when n % 100 = 99 then now() end'
  const name = `${words}[1 + n % 10] || ${towns}[1 + n % 7] || ${rare}`
  for (const table of ['"user"', 'app', 'operation', 'project', 'grant_request']) await run(`alter table ${table} disable trigger user`)
  await run(
    `insert into "user" (username, password_hash, phone_number, nickname, created_at, updated_at, deleted_at)
     select 'user' || n, 'x', '13' || lpad(n::text, 9, '0'), ${name}, now(), now(), ${deletedAt} from generate_series(1, $1::integer) n`,
    [people],
  )
  // The developer, who is the last user until now, has fifty apps; the others have one or none.
  await run(
    `insert into app (app_id, name, service_type, user_id, enabled, internal, schemes, public_keys, ip_allow_list, token_epoch,
                      created_at, updated_at, deleted_at)
     select 'app' || lpad(n::text, 13, '0'), ${name} || '应用', (n % 50)::text, $2 + (case when n <= 50 then 0 else n % $1 end), n % 3 > 0, false,
            '{openapi}', '[]', '{}', 1, now(), now(), ${deletedAt} from generate_series(1, $1::integer) n`,
    [people, developer],
  )
  await run(
    `insert into service (name, targets, balance, connect_timeout_ms, timeout_ms, retries, pass_authorization, created_at, updated_at)
     select ${words}[1 + n % 10] || '服务' || n, jsonb_build_array(jsonb_build_object('url', 'http://10.0.0.' || n || ':8080', 'weight', 1)),
            'round_robin', 1000, 30000, 1, false, now(), now() from generate_series(1, 200) n`,
  )
  await run(
    `insert into operation (name, method, path, path_shape, direction, service_type_id, version, code, published, disabled, limit_action,
                            opening, service_id, security, doc, created_at, updated_at, deleted_at)
     select ${name} || '查询', 'GET', path, path, 'uplink', 1 + n % 5, 'v1', 'code' || n % 2000, n % 4 > 0, false, 'refuse', 0,
            (select min(id) from service) + n % 200, 'sign', repeat('说明', 500) || '说明书 ' || n || ' 号', now(), now(), ${deletedAt}
     from generate_series(1, $1::integer) n, format('/api/v1/%s/%s', (array['car', 'pay', 'card', 'park'])[1 + n % 4], n) path`,
    [interfaces],
  )
  await run(
    `insert into project (name, code, created_at, updated_at, deleted_at)
     select ${name} || '停车场', 'P' || lpad(n::text, 8, '0'), now(), now(), ${deletedAt} from generate_series(1, $1::integer) n`,
    [people],
  )
  await run(
    `insert into grant_request (app_id, user_id, reason, status, created_at)
     select (select min(id) from app) + n % $1, $2 + n % $1, '对接', (array['approved', 'approved', 'refused', 'waiting'])[1 + n % 4], now()
     from generate_series(1, $1::integer) n`,
    [people, developer],
  )
  await run(`insert into grant_request_item (request_id, operation_id)
    select request.id, (select min(id) from operation) + (request.id * k) % $1 from grant_request request, generate_series(1, 2) k on conflict do nothing`, [interfaces]) // biome-ignore format: one thought
  await run(
    `insert into audit (time, user_id, username, ip, request_id, route, kind, subject, action, before, after)
     select now() - n * (interval '60 days' / $1), 1, 'user' || n % 500, '10.0.0.1', gen_random_uuid(), 'PUT /openapi/app/edit/{id}',
            (array['app', 'operation', 'grant', 'project'])[1 + n % 4], (n % 20000)::text,
            case n % 1000 when 0 then 'delete' when 1 then 'insert' else 'update' end, '{"name": "旧"}', jsonb_build_object('name', ${name})
     from generate_series(1, $1::integer) n`,
    [audits],
  )
  await run(
    `insert into mail ("to", subject, kind, app_id, user_id, status, tries, next_at, created_at)
     select 'person' || n || '@example.com', '应用即将到期', 'app_expiry', (select min(id) from app) + n % $1, null,
            (array['sent', 'sent', 'sent', 'given_up', 'waiting'])[1 + n % 5], 1, now(), now() - n * (interval '30 days' / $1)
     from generate_series(1, $1::integer) n`,
    [people],
  )
  await run(
    `insert into app_log (time, app_id, user_id, type, title, data)
     select now() - n * (interval '60 days' / $1), (select min(id) from app) + n % $1, $2 + n % $1, (array['A', 'D', 'S', 'U'])[1 + n % 4], ${name}, '{}'
     from generate_series(1, $1::integer) n`,
    [people, developer],
  )
  await run(
    `insert into event (operation_id, path, data, sender_app_id, created_at)
     select (select min(id) from operation) + n % $2, '/push/' || n % $2, '{}', 0, now() - ($1 - n) * (interval '30 days' / $1)
     from generate_series(1, $1::integer) n`,
    [people, interfaces],
  )
  await run(
    `insert into delivery (event_id, app_id, state, attempts, tries, created_at, ended_at)
     select event.id, (select min(id) from app) + event.id * k % $1, case event.id % 100 when 0 then 'parked' else 'delivered' end, 1, 1, event.created_at, now()
     from event, generate_series(1, 2) k`,
    [people],
  )
  await fillCalls(client, calls, people, interfaces)
  for (const table of ['"user"', 'app', 'operation', 'project', 'grant_request']) await run(`alter table ${table} enable trigger user`)
  await run('vacuum analyze')
}

/** A day at a time: indexes are built when the day is whole, which takes a tenth of the time. */
async function fillCalls(client: pg.Client, calls: number, apps: number, interfaces: number): Promise<void> {
  for (let back = callDays - 1; back >= 0; back--) {
    const day = new Date(Math.floor(Date.now() / 86_400_000 - back) * 86_400_000)
    const [from, to] = [day, new Date(day.getTime() + 86_400_000)].map((at) => at.toISOString())
    const name = `call_${from!.slice(0, 10).replaceAll('-', '')}`
    await client.query(`drop table if exists ${name}; create table ${name} (like call including defaults)`)
    await client.query(
      `insert into ${name} (time, request_id, ip, method, path, operation_id, app_id, status, latency_ms, bytes, error, stage, revision)
       select $1::timestamptz + n * (interval '1 day' / $2::integer), gen_random_uuid(), '203.0.' || n % 200 || '.' || n % 251, 'GET', '/api/v1/car/' || n % $4,
              n % $4 + 1, case when n % 10 = 0 then 7 else n * 13 % $3 + 1 end, case when n % 50 = 0 then 429 when n % 5000 = 1 then 502 else 200 end, 12, 300,
              case when n % 50 = 0 then 'rate_limited' when n % 5000 = 1 then 'upstream_unreachable' end, case when n % 50 = 0 then 'limits' end, 1
       from generate_series(0, $2::integer - 1) n`,
      [from, Math.floor(calls / callDays), apps, interfaces],
    )
    await client.query(`alter table call attach partition ${name} for values from ('${from}') to ('${to}')`)
  }
}

export interface Question {
  readonly path: string
  readonly query: string
  /** Matches a large part of the table, or is not narrowed at all: it may read all keys, within the time. */
  readonly isWide?: boolean
  /** Asked by a developer, of what is theirs. */
  readonly isDeveloper?: boolean
}

/** What is asked for is there, and rare where nothing else is said. */
export function questions({ people, interfaces }: Amounts, now: Date): Question[] {
  const at = (daysAgo: number) =>
    new Date(now.getTime() - daysAgo * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
  const n = Math.floor(people / 2) + 1
  const rareText = String.fromCodePoint(19968 + ((n * 7) % 4001), 24000 + ((n * 11) % 3989))
  const deep = (rows: number) => `current=${Math.floor((rows * 98) / 1000)}&size=10`
  const range = `from=${at(13)}&to=${at(0)}`
  const wide = (path: string, query: string): Question => ({ path, query, isWide: true })
  const narrow = (path: string, ...queries: string[]): Question[] => queries.map((query) => ({ path, query }))
  const developers = (path: string, ...queries: string[]): Question[] => queries.map((query) => ({ path, query, isDeveloper: true }))
  return [
    wide('user/page', ''),
    wide('user/page', deep(people)),
    wide('user/page', 'sort=username'),
    wide('user/page', `sort=-username&${deep(people)}`),
    wide('user/page', 'username=user'),
    wide('user/page', 'nikeName=停车'),
    ...narrow('user/page', `username=user${n}`, `nikeName=${rareText}`, `nikeName=${rareText[0]}`, `nikeName=停车&username=${n}`),
    ...narrow('user/page', `phoneNumber=13${String(n).padStart(9, '0')}`, 'nikeName=无人'),
    wide('app/page', ''),
    wide('app/page', deep(people)),
    ...['sort=name', 'sort=-name', `sort=name&${deep(people)}`, 'sort=expirationTime', 'sort=-name&name=停车'].map((query) =>
      wide('app/page', query),
    ),
    wide('app/page', 'name=应用'),
    wide('app/page', 'name=停车'),
    wide('app/page', 'status=1'),
    wide('app/page', 'serviceType=7'),
    ...narrow(
      'app/page',
      `name=${rareText}`,
      `name=${rareText[1]}应用`,
      `name=${rareText}&status=0`,
      `phoneNumber=13${String(n).padStart(9, '0')}`,
    ),
    ...developers('app/page', '', 'name=停车', 'status=0', 'serviceType=7'),
    wide('app/apply/page', ''),
    wide('app/apply/page', deep(people)),
    wide('app/apply/page', 'status=waiting'),
    ...narrow('app/apply/page', `appId=app${String(n).padStart(13, '0')}`, `appId=${n}`),
    ...developers('app/apply/page', '', 'status=waiting'),
    wide('interface/page', ''),
    wide('interface/page', deep(interfaces)),
    wide('interface/page', 'sort=name'),
    wide('interface/page', 'sort=-path'),
    wide('interface/page', 'name=查询'),
    wide('interface/page', 'serviceType=3'),
    wide('interface/page', 'status=1'),
    ...narrow('interface/page', `name=${rareOf(interfaces)}`, `path=/car/${4 * Math.floor(interfaces / 8)}`, 'code=code77'),
    ...developers('interface/page', '', 'name=停车', `name=${rareOf(interfaces)}`).map((one) => ({ ...one, isWide: true })),
    wide('project/page', ''),
    wide('project/page', deep(people)),
    wide('project/page', 'sort=name'),
    wide('project/page', 'name=车场'),
    ...narrow('project/page', `name=${rareText}`, `code=${String(n).padStart(8, '0')}`, 'code=没有'),
    wide('doc/page', 'search=停车'),
    ...narrow('doc/page', `search=${rareOf(interfaces)}`, `search=说明书 ${Math.floor(interfaces / 2)} 号`, 'search=无人'),
    wide('mail/page', ''),
    wide('mail/page', deep(people)),
    wide('mail/page', 'status=sent'),
    ...narrow('mail/page', `email=person${n}@`, 'email=nobody@'),
    wide('log/page', ''),
    wide('log/page', deep(people)),
    wide('log/page', 'type=S'),
    wide('log/page', `from=${at(2)}&to=${at(1)}`),
    ...narrow('log/page', `appId=app${String(n).padStart(13, '0')}`),
    wide('event/page', ''),
    wide('event/page', 'state=parked'),
    wide('event/page', `from=${at(2)}&to=${at(1)}`),
    ...narrow('event/page', 'interfaceId=77'),
    ...developers('event/page', '').map((one) => ({ ...one, isWide: true })),
    wide('event/delivery/page', ''),
    wide('event/delivery/page', 'state=parked'),
    ...narrow('event/delivery/page', `appId=app${String(n).padStart(13, '0')}`),
    ...narrow('event/callback/page', ''),
    ...narrow('user/session/page', ''),
    ...narrow('service/page', '', 'name=停车', 'url=10.0.0.7:'),
    ...narrow('serviceType/page', '', 'title=停车'),
    ...narrow('role/page', '', 'name=admin', 'title=管理'),
    ...narrow('permission/page', ''),
    ...narrow('projectSource/page', '', 'name=停车'),
    wide('audit/page', ''),
    wide('audit/page', 'current=999&size=10'),
    ...['username=user77', 'kind=app&subject=77', 'action=delete', 'route=PUT /openapi/app/edit/{id}', `from=${at(2)}&to=${at(1)}`].map(
      (query) => wide('audit/page', query),
    ),
    wide('audit/page', `text=${rareText}&from=${at(1)}&to=${at(0)}`),
    wide('stats/calls', range),
    wide('stats/calls', `${range}&current=999&size=10`),
    ...[
      'status=429',
      'status=502',
      'error=rate_limited',
      `appId=${n}`,
      'appId=7',
      'interfaceId=77',
      'ip=203.0.7.7',
      'interfaceId=77&status=502',
    ].map((query) => wide('stats/calls', `${range}&${query}`)),
    ...narrow('stats/calls', `${range}&requestId=00000000-0000-4000-8000-000000000000`),
    { ...wide('stats/calls', range), isDeveloper: true },
    ...narrow('stats/current', '', 'interfaceId=77', `appId=${n}&interfaceId=77`),
  ]
}

function rareOf(rows: number): string {
  const n = Math.floor(rows / 2) + 1
  return String.fromCodePoint(19968 + ((n * 7) % 4001), 24000 + ((n * 11) % 3989))
}

export interface Plan {
  readonly statement: string
  /** Planning and execution. */
  readonly ms: number
  /** Rows that scans looked at. */
  readonly rowsRead: number
  /** Tables that were read whole. */
  readonly wholeTables: readonly string[]
}

interface Statement {
  readonly text: string
  readonly values: unknown[]
}

/** Asks over HTTP, then has PostgreSQL explain each statement that this took; the fastest of `times`. */
export async function ask(
  house: House,
  question: Question,
  token: string,
  times = 1,
): Promise<{ answer: { total?: number }; plans: Plan[] }> {
  const work = async () => house.done('GET', `/openapi/${question.path}?${encodeURI(question.query)}`, undefined, token)
  const { result, plans } = await explained(house.query, work, times)
  return { answer: result, plans }
}

/** How PostgreSQL does what is sent to it meanwhile and begins by reading; what that writes is not written a second time. */
export async function explained<T>(query: House['query'], work: () => Promise<T>, times = 1): Promise<{ result: T; plans: Plan[] }> {
  const { result, heard } = await listening(work)
  const plans: Plan[] = []
  for (const { text, values } of heard) {
    const runs: Plan[] = []
    for (let time = 0; time < times; time++) {
      await query('begin')
      const { rows } = await query(`explain (analyze, timing off, format json) ${text}`, values)
      await query('rollback')
      runs.push(planOf(text, rows[0]['QUERY PLAN'][0]))
    }
    plans.push(runs.sort((a, b) => a.ms - b.ms)[0]!)
  }
  return { result, plans }
}

/** All that our pools send to PostgreSQL meanwhile and that reads. */
async function listening<T>(work: () => Promise<T>): Promise<{ result: T; heard: Statement[] }> {
  const heard: Statement[] = []
  const { query } = pg.Client.prototype
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const [first, second] = given as [string | Statement, unknown[] | undefined]
    const text = typeof first === 'string' ? first : first.text
    if (/^\s*(select|with)\b/i.test(text))
      heard.push({ text, values: Array.isArray(second) ? second : ((first as Statement).values ?? []) })
    return Reflect.apply(query, this, given)
  } as typeof query
  try {
    return { result: await work(), heard }
  } finally {
    pg.Client.prototype.query = query
  }
}

interface Node {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Rows Removed by Index Recheck'?: number
  readonly Plans?: readonly Node[]
}

function planOf(statement: string, explained: { Plan: Node; 'Planning Time': number; 'Execution Time': number }): Plan {
  const nodes: Node[] = []
  const gather = (node: Node) => {
    nodes.push(node)
    node.Plans?.forEach(gather)
  }
  gather(explained.Plan)
  const ran = nodes.filter((node) => node['Actual Loops'] > 0)
  const read = (node: Node) =>
    (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)) * node['Actual Loops']
  return {
    statement,
    ms: explained['Planning Time'] + explained['Execution Time'],
    rowsRead: ran.filter((node) => node['Relation Name']).reduce((sum, node) => sum + read(node), 0),
    wholeTables: ran.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']!),
  }
}
