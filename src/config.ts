// Every setting, once: its environment variable, what it accepts, its default, and a sentence of why.
// `docs/config.md` is generated from these rows, and text/settings.zh-CN.ts says them in Chinese; a variable that is not here stops the start.

import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { isRange } from '#lib/address.ts'
import { isDetailName } from '#lib/detail-name.ts'
import { StartError } from '#lib/start-error.ts'
import { isTimeZone } from '#lib/time-zone.ts'

/** Reads the text of a variable; undefined when it is not accepted. Small on purpose: every process begins with this file. */
type Reader<Value> = (text: string) => Value | undefined

const textOf =
  (lengthMin: number, lengthMax = 4_096): Reader<string> =>
  (text) =>
    text.length >= lengthMin && text.length <= lengthMax ? text : undefined
const where =
  (holds: (text: string) => boolean): Reader<string> =>
  (text) =>
    holds(text) ? text : undefined
const matching = (pattern: RegExp) => where((text) => pattern.test(text))
const oneOf =
  <const Choices extends readonly string[]>(...choices: Choices): Reader<Choices[number]> =>
  (text) =>
    choices.find((choice) => choice === text)
const between =
  (min: number, max: number): Reader<number> =>
  (text) =>
    /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined

const text = textOf(1)
const port = between(0, 65_535)
const count = between(0, 2 ** 31)
const seconds = between(1, 10 * 365 * 86_400)
const flag: Reader<boolean> = (text) => (text === 'true' ? true : text === 'false' ? false : undefined)
const list: Reader<readonly string[]> = (text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
const ranges: Reader<readonly string[]> = (text) => {
  const items = list(text)!
  return items.every(isRange) ? items : undefined
}
const retries: Reader<readonly number[]> = (text) => {
  const items = list(text)!
  const isRight = items.length <= 100 && items.every((item) => /^\d{1,6}$/.test(item) && Number(item) > 0)
  return isRight ? items.map(Number) : undefined
}
const origins: Reader<readonly string[]> = (text) => {
  const items = list(text)!
  return text.trim() === '*' || items.every((item) => URL.parse(item)?.origin === item) ? items : undefined
}
const httpUrl: Reader<string> = (text) => (/^https?:$/.test(URL.parse(text)?.protocol ?? '') ? text.replace(/\/+$/, '') : undefined)

/** A scheme and a host, and a port where there is one; a slash may end it. */
const httpOrigin: Reader<string> = (text) => {
  const url = URL.parse(text)
  return httpUrl(text) !== undefined && url?.href === `${url?.origin}/` ? url.origin : undefined
}

interface Setting<Value, Fallback, Accepts extends string = string> {
  readonly env: string
  readonly accepts: Accepts
  readonly read: Reader<Value>
  readonly fallback: Fallback
  readonly why: string
  readonly secret: boolean
  /** Declared by the contract, but nothing acts on it in this version yet; setting it prints a warning. */
  readonly pending: boolean
}

type Extra = { secret?: true; pending?: true }

/** `fallback` is the parsed default; `undefined` means that absence has a meaning of its own, told in `why`. */
function setting<Value, const Fallback extends Value | undefined, const Accepts extends string>(
  env: string,
  accepts: Accepts,
  read: Reader<Value>,
  fallback: Fallback,
  why: string,
  extra: Extra = {},
): Setting<Value, Fallback, Accepts> {
  return { env, accepts, read, fallback, why, secret: extra.secret ?? false, pending: extra.pending ?? false }
}

export const settings = {
  // Listeners
  host: setting(
    'KAIMEN_HOST',
    'address',
    text,
    '127.0.0.1',
    'Address that the platform and the gateway listen on. `0.0.0.0` opens them to the network.',
  ),
  platformPort: setting(
    'KAIMEN_PLATFORM_PORT',
    'port',
    port,
    8000,
    'Port of the platform: management API, console, user centre. 0 takes a free one.',
  ),
  gatewayPort: setting(
    'KAIMEN_GATEWAY_PORT',
    'port',
    port,
    9000,
    'Port of the gateway: published interfaces and the token endpoints. 0 takes a free one.',
  ),
  tlsCert: setting(
    'KAIMEN_TLS_CERT',
    'path of a PEM file',
    text,
    undefined,
    'Certificate of both listeners, followed by those that lead to its root; with `KAIMEN_TLS_KEY`. Both are read again when they change. Absent: no TLS.',
  ),
  tlsKey: setting('KAIMEN_TLS_KEY', 'path of a PEM file', text, undefined, 'The private key of `KAIMEN_TLS_CERT`.'),
  publicUrl: setting(
    'KAIMEN_PUBLIC_URL',
    'http(s) origin, without a path',
    httpOrigin,
    undefined,
    'Where people reach the platform from outside, a host of its own: the issuer of tokens and the base of links; the `Host` field is never believed. Absent: the address listened on.',
  ),
  gatewayUrl: setting(
    'KAIMEN_GATEWAY_URL',
    'http(s) origin',
    httpOrigin,
    undefined,
    'Where partners reach the gateway from outside: it stands in documentation and samples, and the platform calls it when somebody tries an interface. Absent: the address and port that the gateway listens on.',
  ),
  trustedProxies: setting(
    'KAIMEN_TRUSTED_PROXIES',
    'CIDR ranges, comma-separated',
    ranges,
    [],
    'Proxies whose `X-Forwarded-For` is believed. None by default, or anyone could choose their own address.',
  ),

  demoPort: setting(
    'KAIMEN_DEMO_PORT',
    'port',
    port,
    7001,
    'Port of the demo service, which answers what reached it. It is opened on loopback alone, by who adds the service in the console, and at later starts while it is registered. 0: there is none.',
  ),

  // What is kept, and where
  dataDir: setting(
    'KAIMEN_DATA_DIR',
    'path',
    text,
    './data',
    'Folder for everything that is kept: the embedded database, keys, snapshot, spools, logs.',
  ),
  databaseUrl: setting(
    'DATABASE_URL',
    'postgres URL',
    matching(/^postgres(ql)?:\/\/./),
    undefined,
    'A PostgreSQL (15 or later) to use. Absent: a private one is made and run in the data dir.',
    { secret: true },
  ),
  redisUrl: setting(
    'REDIS_URL',
    'redis URL',
    matching(/^rediss?:\/\/./),
    undefined,
    'Shares limits and replay memory between gateways on several machines. Absent: they are kept in the gateway process.',
    { secret: true, pending: true },
  ),
  masterKey: setting(
    'KAIMEN_MASTER_KEY',
    '32 bytes, Base64 or hex',
    decodeKey,
    undefined,
    'Key under which secrets are encrypted at rest. Absent: made at first start and kept in `master.key` of the data dir. A gateway on another machine needs the same.',
    { secret: true },
  ),
  logLevel: setting(
    'KAIMEN_LOG_LEVEL',
    'trace, debug, info, warn, error, fatal',
    oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal'),
    'info',
    'How much is written to the log (`log/` of the data dir, or standard output when one role runs alone).',
  ),
  timeZone: setting(
    'KAIMEN_TIME_ZONE',
    'IANA name',
    where(isTimeZone),
    'Asia/Shanghai',
    'Time zone of times on the wire, of calendar quotas and of statistics.',
  ),

  // People
  adminPassword: setting(
    'KAIMEN_ADMIN_PASSWORD',
    'any non-empty text',
    text,
    undefined,
    'Password of the user `admin`; matters on the first start only. Absent: a random one is printed once.',
    { secret: true },
  ),
  sessionIdle: setting('KAIMEN_SESSION_IDLE', 'seconds', seconds, 7_200, 'A session ends when it was not used for so long.'),
  sessionTtl: setting('KAIMEN_SESSION_TTL', 'seconds', seconds, 604_800, 'A session ends this long after its login, whatever happens.'),
  requireOtp: setting(
    'KAIMEN_REQUIRE_OTP',
    'off or hq',
    oneOf('off', 'hq'),
    'off',
    '`hq` makes everybody who has a permission of the console sign in by two factors: a session without the second may only set it up.',
  ),
  passwordTransport: setting(
    'KAIMEN_PASSWORD_TRANSPORT',
    'any or rsa',
    oneOf('any', 'rsa'),
    'any',
    '`rsa` refuses passwords that were not encrypted with the public key of the platform; not on its own pages, which work without scripts.',
  ),
  passwordGrant: setting(
    'KAIMEN_PASSWORD_GRANT',
    'true or false',
    flag,
    false,
    'Lets apps marked internal get tokens for a user name and a password (OAuth’s grant `password`). Not for people with a second factor.',
  ),
  ucenterDevelopers: setting(
    'KAIMEN_UCENTER_DEVELOPERS',
    'true or false',
    flag,
    false,
    'Gives people whom apps register (`POST /api/user`) the role `developer`, with which they sign in to the portal and create apps.',
  ),
  registerSms: setting(
    'KAIMEN_REGISTER_SMS',
    'off or required',
    oneOf('off', 'required'),
    'off',
    '`required` makes registration prove the phone number by a code.',
  ),
  smsProvider: setting(
    'KAIMEN_SMS_PROVIDER',
    'file or http',
    oneOf('file', 'http'),
    'file',
    'How codes reach a phone. `file` appends them to `outbox/sms.jsonl` of the data dir; `http` posts them to `KAIMEN_SMS_URL`.',
  ),
  smsUrl: setting(
    'KAIMEN_SMS_URL',
    'http(s) URL',
    httpUrl,
    undefined,
    'Where a provider of SMS takes messages; with `KAIMEN_SMS_PROVIDER=http`.',
  ),
  smsHeader: setting(
    'KAIMEN_SMS_HEADER',
    'field line',
    matching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+: *[\x20-\x7e]+$/),
    undefined,
    'Proves us to the provider of SMS, as `Authorization: Bearer …`.',
    { secret: true },
  ),
  smsBody: setting(
    'KAIMEN_SMS_BODY',
    'text with {phone} and {code}',
    where((template) => template.includes('{phone}') && template.includes('{code}')),
    '{"phone":"{phone}","code":"{code}","scene":"{scene}"}',
    'What is posted for each code. {scene} is what it is for. It is sent as JSON when it is JSON, else as a form.',
  ),
  smtpUrl: setting(
    'KAIMEN_SMTP_URL',
    'smtp(s) URL',
    matching(/^smtps?:\/\/[^\s/?#]+(?:[/?][^\s#]*)?$/),
    undefined,
    'The server that takes our mails, with user and password: `smtps://user:password@mail.example`. Absent: they are appended to `outbox/mail.jsonl` of the data dir.',
    { secret: true },
  ),
  mailFrom: setting(
    'KAIMEN_MAIL_FROM',
    'mail address',
    matching(/^[^\s@<>,"\p{Cc}]+@[^\s@<>,"\p{Cc}]+$/u),
    undefined,
    'Whom our mails are from; needed with `KAIMEN_SMTP_URL`.',
  ),
  fileBytesMax: setting(
    'KAIMEN_FILE_MAX',
    'bytes',
    between(1_024, 2 ** 30),
    20 * 1024 * 1024,
    'Largest file that an app may upload (`POST /api/file`).',
  ),
  fileQuota: setting(
    'KAIMEN_FILE_QUOTA',
    'bytes',
    between(1_024, 2 ** 49),
    10 * 1024 ** 3,
    'All files that came by way of one app together.',
  ),
  s3Endpoint: setting(
    'KAIMEN_S3_ENDPOINT',
    'http(s) URL with a bucket',
    where((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? '')),
    undefined,
    'An object store that speaks S3, and a bucket of it, in which files are kept: `https://s3.example/bucket`. Absent: they are kept in the data dir.',
  ),
  s3Region: setting('KAIMEN_S3_REGION', 'text', text, 'us-east-1', 'The region that requests to `KAIMEN_S3_ENDPOINT` are signed for.'),
  s3AccessKey: setting('KAIMEN_S3_ACCESS_KEY', 'text', text, undefined, 'Who we are to `KAIMEN_S3_ENDPOINT`.', { secret: true }),
  s3SecretKey: setting('KAIMEN_S3_SECRET_KEY', 'text', text, undefined, 'What requests to `KAIMEN_S3_ENDPOINT` are signed with.', {
    secret: true,
  }),
  captchaTestAnswer: setting(
    'KAIMEN_CAPTCHA_TEST_ANSWER',
    '4 to 6 characters',
    textOf(4, 6),
    undefined,
    'Fixes the answer of every captcha, for automated tests; refused when `NODE_ENV=production`.',
    { secret: true },
  ),
  userDetails: setting(
    'KAIMEN_USER_DETAILS',
    'names, comma-separated',
    (text) => {
      const names = list(text)!
      return new Set(names).size === names.length && names.every(isDetailName) ? names : undefined
    },
    ['position', 'address', 'department', 'school', 'sex'],
    'The `details` fields of a user that exist from the first start; later ones are a matter of `/openapi/userDetail/…`.',
  ),

  newApps: setting(
    'KAIMEN_NEW_APPS',
    'disabled or enabled',
    oneOf('disabled', 'enabled'),
    'disabled',
    'What a new app is: `disabled` until an operator enables it, or `enabled` at once.',
  ),

  // Tokens and schemes
  tokenTtl: setting('KAIMEN_TOKEN_TTL', 'seconds', seconds, 172_800, 'Life of an app token; two days, as the source document has it.'),
  memberHeader: setting(
    'KAIMEN_MEMBER_HEADER',
    'field name',
    matching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/),
    'authentication',
    'Name of the field that carries a member token.',
  ),
  memberWindow: setting(
    'KAIMEN_MEMBER_WINDOW',
    'seconds, at most 300',
    between(1, 300),
    10,
    'How far the timestamp of a member token request may be off, either way.',
  ),
  memberTokenTtl: setting(
    'KAIMEN_MEMBER_TOKEN_TTL',
    'seconds, at most a day',
    between(1, 86_400),
    7_200,
    'Life of a member’s access token.',
  ),
  memberRefreshTtl: setting(
    'KAIMEN_MEMBER_REFRESH_TTL',
    'seconds',
    seconds,
    2_592_000,
    'How long after a login a member’s access token can be refreshed.',
  ),
  memberSourceUrl: setting(
    'KAIMEN_MEMBER_SOURCE_URL',
    'http(s) URL',
    httpUrl,
    undefined,
    'Who is asked for members, in the way that docs/member.md tells. Absent: the built-in users.',
  ),
  memberSourceCredential: setting(
    'KAIMEN_MEMBER_SOURCE_CREDENTIAL',
    'field line',
    matching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+: *[\x20-\x7e]+$/),
    undefined,
    'Proves the platform to the source of members: `Authorization: Bearer …`.',
    { secret: true },
  ),
  authIdPublicKey: setting(
    'KAIMEN_AUTH_ID_PUBLIC_KEY',
    'text',
    text,
    '58Ajk2015HoppingYear',
    'The `publicKey` that every `auth-id` token is made with.',
  ),

  // Gateway
  maxBody: setting(
    'KAIMEN_MAX_BODY',
    'bytes',
    between(1_024, 2 ** 31),
    10 * 1024 * 1024,
    'Largest request body that is read whole: for its signature, its schema or its project. Bodies that are only passed on are not bounded.',
  ),
  gatewayThreads: setting(
    'KAIMEN_GATEWAY_THREADS',
    'threads',
    between(0, 256),
    0,
    'Serving threads of the gateway; 0 is one for each core. On Linux only; elsewhere there is one.',
  ),
  connections: setting(
    'KAIMEN_CONNECTIONS',
    'connections',
    between(1, 1_000_000),
    10_000,
    'Connections that a gateway holds at once, over all its threads; further ones are closed as they come.',
  ),
  ipConnections: setting(
    'KAIMEN_IP_CONNECTIONS',
    'connections',
    count,
    0,
    'Connections that one address may hold at once, an IPv6 /64 as one; 0 is no limit, for many partners may share one address. Proxies of `KAIMEN_TRUSTED_PROXIES` are not counted.',
  ),
  corsOrigins: setting(
    'KAIMEN_CORS_ORIGINS',
    'origins, comma-separated, or *',
    origins,
    [],
    'Web pages of these origins (`https://shop.example`) may call the gateway from a browser and read its answers; `*` is all, without credentials. What services say about it is dropped then. None by default.',
  ),
  ipLimit: setting('KAIMEN_IP_LIMIT', 'calls a second', count, 0, 'Calls a second allowed to one address; 0 is no limit.'),
  ipAllow: setting('KAIMEN_IP_ALLOW', 'CIDR ranges, comma-separated', ranges, [], 'Addresses that may call the gateway; empty is all.'),
  ipDeny: setting(
    'KAIMEN_IP_DENY',
    'CIDR ranges, comma-separated',
    ranges,
    [],
    'Addresses that may not call the gateway, even when allowed above.',
  ),
  badCredentialLimit: setting(
    'KAIMEN_BAD_CREDENTIAL_LIMIT',
    'refusals a minute',
    count,
    300,
    'Bad tokens and signatures a minute of one address, past which it is refused before any cryptography; 0 is no limit.',
  ),
  callLogRate: setting(
    'KAIMEN_CALL_LOG_RATE',
    'calls a second',
    count,
    1_000,
    'Successful calls a second and node that the call log keeps; refusals and failures are kept besides, as many and at least 1,000.',
  ),
  callLogDays: setting('KAIMEN_CALL_LOG_DAYS', 'days', between(1, 3_650), 14, 'Days that the call log is kept; older ones go by the day.'),
  appLogDays: setting('KAIMEN_APP_LOG_DAYS', 'days', between(1, 3_650), 90, 'Days that what apps record by `POST /api/log` is kept.'),
  auditDays: setting(
    'KAIMEN_AUDIT_DAYS',
    'days',
    between(180, 36_500),
    undefined,
    'Days that the audit is kept; at least 180, as the Cybersecurity Law (网络安全法 §21) has it for logs. Absent: for good.',
  ),
  explainMask: setting(
    'KAIMEN_EXPLAIN_MASK',
    'names, comma-separated',
    list,
    ['password', 'passwd', 'pwd', 'secret', 'idCard', 'idNo', 'phone', 'phoneNumber', 'mobile', 'bankCard'],
    'Parameters, also of the path, whose values are shown as `***` when a call is explained.',
  ),
  metricsToken: setting(
    'KAIMEN_METRICS_TOKEN',
    'text',
    textOf(16),
    undefined,
    'Bearer token for `/metrics`. Absent: only an operator’s session may read it.',
    { secret: true },
  ),

  // The feed from platform to gateway
  feedListen: setting(
    'KAIMEN_FEED_LISTEN',
    'host:port',
    matching(/^.+:\d{1,5}$/),
    undefined,
    'Where the platform offers the config feed to gateways on other machines. Absent: a private unix socket only.',
  ),
  feedUrl: setting(
    'KAIMEN_FEED_URL',
    'http(s) URL',
    httpUrl,
    undefined,
    'Where a gateway on another machine finds the feed. Absent: the unix socket beside the data dir.',
  ),
  feedCredential: setting(
    'KAIMEN_FEED_CREDENTIAL',
    'node credential',
    textOf(20),
    undefined,
    'What a gateway shows to the feed. Absent: read from `node.credential` of the data dir, where the platform put it at first start.',
    { secret: true },
  ),
  maxStaleness: setting(
    'KAIMEN_MAX_STALENESS',
    'seconds',
    count,
    0,
    'How old the last word from the platform may be before the gateway refuses calls with `overloaded`; 0 is no bound.',
  ),

  // Events
  allowPrivateCallbacks: setting(
    'KAIMEN_ALLOW_PRIVATE_CALLBACKS',
    'true or false',
    flag,
    false,
    'Lets callback addresses lead into private networks, and to this machine. Link-local addresses, and those where clouds tell a machine its secrets, have to be listed below.',
  ),
  callbackAllow: setting(
    'KAIMEN_CALLBACK_ALLOW',
    'CIDR ranges, comma-separated',
    ranges,
    [],
    'Ranges that callback addresses may lead to although they are not public.',
  ),
  callbackCheck: setting(
    'KAIMEN_CALLBACK_CHECK',
    'off or required',
    oneOf('off', 'required'),
    'off',
    '`required`: a callback address that is set gets a signed challenge, and no event until it has repeated that in an answer. POST /openapi/app/callback/verify/{id} sends it again.',
  ),
  callbackTimeout: setting(
    'KAIMEN_CALLBACK_TIMEOUT',
    'seconds',
    between(1, 120),
    15,
    'How long a callback address may take to answer an event.',
  ),
  callbackRetries: setting(
    'KAIMEN_CALLBACK_RETRIES',
    'seconds, comma-separated',
    retries,
    [5, 30, 120, 600, 1_800, 7_200, 18_000, 36_000, 86_400, 86_400, 21_600],
    'How long is waited after each failed attempt at an event; each wait is shortened by chance, by half at most. After the last one it is parked.',
  ),
  callbackLimit: setting(
    'KAIMEN_CALLBACK_LIMIT',
    'events a second',
    between(1, 100_000),
    1_000,
    'Events a second that are sent to one app that has no limit of its own.',
  ),
  eventDays: setting('KAIMEN_EVENT_DAYS', 'days', between(4, 3_650), 30, 'Days that events and their deliveries are kept.'),
} as const

export type Settings = typeof settings
type Parsed<Row> = Row extends Setting<infer Value, infer Fallback> ? Value | (undefined extends Fallback ? undefined : never) : never
export type Config = { readonly [Name in keyof Settings]: Parsed<Settings[Name]> }

/**
 * Reads the settings from `env`, over those of a `.env` file in `folder`.
 * Throws a StartError that names every wrong variable.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env, folder = process.cwd()): Config {
  const given = { ...readDotEnv(folder), ...env }
  const problems = unknownNames(given).map((name) => `${name}: no such setting (docs/config.md lists them)`)
  const config: Record<string, unknown> = {}
  for (const [name, row] of Object.entries(settings)) {
    const value = given[row.env]
    if (value === undefined || value === '') {
      config[name] = row.fallback
      continue
    }
    const read = row.read(value)
    if (read !== undefined) config[name] = read
    else problems.push(`${row.env}: not valid; it accepts: ${row.accepts}`)
  }
  if (config.captchaTestAnswer !== undefined && given.NODE_ENV === 'production') {
    problems.push('KAIMEN_CAPTCHA_TEST_ANSWER: refused when NODE_ENV=production')
  }
  if (config.smtpUrl !== undefined && config.mailFrom === undefined) problems.push('KAIMEN_MAIL_FROM: needed with KAIMEN_SMTP_URL')
  if (config.smsProvider === 'http' && config.smsUrl === undefined) problems.push('KAIMEN_SMS_URL: needed with KAIMEN_SMS_PROVIDER=http')
  if (config.s3Endpoint !== undefined && (config.s3AccessKey === undefined || config.s3SecretKey === undefined)) {
    problems.push('KAIMEN_S3_ACCESS_KEY, KAIMEN_S3_SECRET_KEY: needed with KAIMEN_S3_ENDPOINT')
  }
  if (problems.length > 0) {
    throw new StartError({
      en: `The settings are not right:\n  ${problems.join('\n  ')}`,
      zh: '设置有误：请按上面的名字改正后再启动（docs/config.md 列出了所有设置）。',
    })
  }
  return config as Config
}

/** Settings that were given although this version does not act on them yet. */
export function pendingSettings(env: NodeJS.ProcessEnv = process.env, folder = process.cwd()): string[] {
  const given = { ...readDotEnv(folder), ...env }
  return Object.values(settings)
    .filter((row) => row.pending && given[row.env])
    .map((row) => row.env)
}

export function decodeKey(value: string): Buffer | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(value)) return Buffer.from(value, 'hex')
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(value)) return Buffer.from(value, 'base64')
  return undefined
}

function readDotEnv(folder: string): NodeJS.ProcessEnv {
  const file = `${folder}/.env`
  return existsSync(file) ? (parseEnv(readFileSync(file, 'utf8')) as NodeJS.ProcessEnv) : {}
}

function unknownNames(env: NodeJS.ProcessEnv): string[] {
  const known = new Set<string>(Object.values(settings).map((row) => row.env))
  return Object.keys(env).filter((name) => name.startsWith('KAIMEN_') && !known.has(name) && !isInjectedByKubernetes(name, env[name] ?? ''))
}

// A Kubernetes service called "kaimen-…" puts such names into every pod of its namespace.
function isInjectedByKubernetes(name: string, value: string): boolean {
  return (
    /_SERVICE_(HOST|PORT)(_.*)?$/.test(name) || (name.includes('_PORT') && (value.startsWith('tcp://') || /_PORT_\d+_(TCP|UDP)/.test(name)))
  )
}
