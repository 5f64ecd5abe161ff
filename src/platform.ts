// The platform, put together: database, management API, config feed. The only part that touches PostgreSQL.

import { existsSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { Server as TlsServer } from 'node:tls'
import cookies from '@fastify/cookie'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import type { Config } from '#config.ts'
import { type NonceJournal, openNonceJournal } from '#core/app/nonce-journal.ts'
import { openNonceTable } from '#core/app/nonce-table.ts'
import { createNonces, type Nonces, nonceLifeMs, rememberedNonces } from '#core/app/nonces.ts'
import { createSm2Verifier } from '#core/app/sm2-verifier.ts'
import { forgetHalfArrived } from '#core/file/arrival.ts'
import { createDiskStore } from '#core/file/disk.ts'
import { type FileStore, faultyStore } from '#core/file/file-store.ts'
import { createS3Store } from '#core/file/s3.ts'
import { type FirstLogin, prepareFirstStart } from '#core/instance/instance.store.ts'
import type { MailSender } from '#core/mail/mail.ts'
import { createFileMail, createSmtpMail } from '#core/mail/sender.ts'
import { openLiveTokens } from '#core/token/live-tokens.ts'
import type { Tokens } from '#core/token/token.ts'
import { createUserTokens } from '#core/token/user-token.ts'
import { createPasswords } from '#core/user/password.ts'
import { createHttpSms } from '#core/user/sms-http.ts'
import { createFileSms, openSmsOutbox, type SmsOutbox } from '#core/user/sms-provider.ts'
import { noteSmsEnded } from '#core/user/sms-send.store.ts'
import { createTransportKeys } from '#core/user/transport-key.ts'
import { type Db, isReachable, openDatabase } from '#db/open.ts'
import { isForConsole, sendConsole, serveConsole } from '#edge/console/serve.ts'
import { createDemo, type Demo } from '#edge/demo/echo.ts'
import { openFeed } from '#edge/feed/serve.ts'
import { findDemo } from '#edge/management/demo.ts'
import type { ManagementDeps } from '#edge/management/endpoint.ts'
import { managementRoutes } from '#edge/management/routes.ts'
import { answerFault, managementBodyMax, serveManagement } from '#edge/management/serve.ts'
import { serveMember } from '#edge/member/serve.ts'
import { serveMetrics } from '#edge/metrics/serve.ts'
import { openOidc } from '#edge/oidc/oidc.ts'
import { oidcPages, serveOidc } from '#edge/oidc/serve.ts'
import { openApiDocument } from '#edge/openapi.ts'
import { servePages } from '#edge/pages/serve.ts'
import { passedCall } from '#edge/passed.ts'
import { serveAccessToken } from '#edge/ucenter/access-token.ts'
import { refuse } from '#edge/ucenter/refuse.ts'
import { ucenterRoutes } from '#edge/ucenter/routes.ts'
import { serveUcenter } from '#edge/ucenter/serve.ts'
import { compileRanges, plainAddress } from '#lib/address.ts'
import { feedSocket } from '#lib/feed-socket.ts'
import { portInUse } from '#lib/listen.ts'
import { keepOnce, openMasterKey } from '#lib/master-key.ts'
import { ownListeners } from '#lib/outward.ts'
import { createSealer } from '#lib/seal.ts'
import { followTlsFiles, readTlsPair, type TlsPair, tlsFiles } from '#lib/tls-files.ts'
import { startDeliveries } from '#worker/deliveries.ts'
import { startMails } from '#worker/mails.ts'
import { startPulls } from '#worker/pulls.ts'
import { startSweeps } from '#worker/sweep.ts'

export interface Platform {
  readonly url: string
  close(): Promise<void>
}

export interface PlatformInput {
  readonly config: Config
  readonly databaseUrl: string
  /** Where the feed's private socket goes. */
  readonly runDir: string
  readonly log: Logger
  /** Shows who may sign in; called at the first start only. */
  readonly announce?: (login: FirstLogin) => void
  readonly now?: () => Date
}

export async function openPlatform({
  config,
  databaseUrl,
  runDir,
  log,
  announce = () => {},
  now = () => new Date(),
}: PlatformInput): Promise<Platform> {
  const files = tlsFiles(config.tlsCert, config.tlsKey)
  const tls = files && readTlsPair(files)
  const sealer = createSealer(openMasterKey(config.dataDir, config.masterKey))
  const database = await openDatabase(databaseUrl, log)
  const { db } = database
  const passwords = createPasswords()
  const { adminPassword, userDetails } = config
  await prepareFirstStart(db, { sealer, passwords, adminPassword, userDetails, now: now(), announce })
  const tokens = await openLiveTokens(db, sealer)
  keepNodeCredential(config.dataDir, tokens, now().getTime())

  const { nonces, journal } = openNonces(join(config.dataDir, 'nonces-platform'), now().getTime(), log)
  const server = createServer(config, log, tls)
  let listenedOn = ''
  const { timeZone, callLogDays } = config
  const feed = await openFeed({ db, tokens, timeZone, callLogDays, log, now, answerPassed: server.routing })
  const verifier = createSm2Verifier()
  const isOwn = ownListeners(config.host, ownPorts(config))
  const deliveries = startDeliveries({ db, config, sealer, isOwn, log, now })
  const demo = createDemo(config.demoPort)
  const store = faultyStore(fileStore(config))
  await forgetHalfArrived(config.dataDir)
  const deps: ManagementDeps = {
    db,
    dbAs: database.as,
    plainDb: db,
    config,
    sealer,
    tokens,
    nonces,
    verifier,
    passwords,
    transportKeys: createTransportKeys(db, sealer),
    wakeDeliveries: deliveries.wake,
    postLetter: deliveries.post,
    sms: smsOutbox({ config, db, isOwn, log, now }),
    files: store,
    demo,
    isOwn,
    now,
    async readKeysAgain() {
      await tokens.refresh()
      oidc.readKeysAgain()
    },
    freshUsage: feed.freshUsage,
    gateways: feed.gateways,
  }
  const userTokens = createUserTokens(tokens, sealer)
  const publicUrl = () => config.publicUrl ?? listenedOn
  const oidc = openOidc({ ...deps, userTokens, log }, publicUrl)
  serveManagement(server, managementRoutes, deps)
  servePages(server, deps, oidcPages(oidc))
  serveOidc(server, oidc)
  serveAccessToken(server)
  serveMember(server, deps)
  serveUcenter(server, { ...deps, userTokens, publicUrl })
  serveMetrics(server, deps, feed, database.pool)
  server.get('/openapi.json', () => openApiDocument(managementRoutes, ucenterRoutes))
  server.get('/healthz', async (_, reply) => {
    const ok = await isReachable(db)
    return reply.code(ok ? 200 : 503).send({ status: ok ? 'ok' : 'database_unavailable' })
  })
  serveConsole(server)

  await server.ready()
  const socket = feedSocket(runDir)
  // Left by a platform that was killed; the lock on the data dir says that nobody else listens there.
  if (existsSync(socket)) rmSync(socket)
  await feed.listen({ path: socket })
  if (config.feedListen) await feed.listen(hostAndPort(config.feedListen))
  if (config.captchaTestAnswer !== undefined) log.warn('KAIMEN_CAPTCHA_TEST_ANSWER is set: every captcha has this answer')
  const url = await server.listen({ host: config.host, port: config.platformPort }).catch((error: unknown) => {
    throw portInUse(error, 'KAIMEN_PLATFORM_PORT', config.host, config.platformPort)
  })
  listenedOn = url
  const renew = (pair: TlsPair) => {
    if (server.server instanceof TlsServer) server.server.setSecureContext({ ...pair, minVersion: 'TLSv1.2' })
  }
  const stopTls = files && followTlsFiles(files, renew, (err) => log.error({ err }, 'the certificate before it stays'))
  const sweeps = startSweeps({ db, config, sealer, tokens, files: store, log, now })
  const pulls = startPulls({ db, dbAs: database.as, sealer, isOwn, log, now })
  await resumeDemo(demo, db, log)
  const mails = startMails({ db, mail: mailSender(config), log, now })

  return {
    url,
    async close() {
      stopTls?.()
      await Promise.all([sweeps.stop(), pulls.stop(), mails.stop()])
      // A connection is idle again as soon as its answer is out, and would be kept for the next request.
      const closing = setInterval(() => server.server.closeIdleConnections(), 50)
      await server.close()
      await demo.close()
      clearInterval(closing)
      await feed.close()
      await deliveries.stop()
      journal.close()
      await verifier.close()
      await database.close()
    },
  }
}

/** What is registered is there after a restart too. */
async function resumeDemo(demo: Demo, db: Db, log: Logger): Promise<void> {
  if (demo.url === undefined || !(await findDemo(db, demo.url))) return
  await demo.open().catch((err) => log.warn({ err }, 'the demo service has no port'))
}

function createServer(config: Config, log: Logger, tls: TlsPair | undefined): FastifyInstance {
  const isTrusted = compileRanges(config.trustedProxies)
  const server = Fastify({
    ...(tls ? { https: { ...tls, minVersion: 'TLSv1.2' } } : {}),
    trustProxy: (address) => isTrusted(plainAddress(address)),
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: managementBodyMax,
    genReqId: (request) => passedCall(request as IncomingMessage)?.requestId ?? crypto.randomUUID(),
    requestIdHeader: false,
    frameworkErrors: (error, request, reply) => answerFault(error, request, reply),
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 256 },
  })
  server.register(cookies)
  // Bodies arrive as text: endpoints parse them by their schema, and a signature needs the exact text.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) => done(null, body))
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff')
    if (request.url.startsWith('/openapi/')) reply.header('cache-control', 'no-store')
    done()
  })
  server.setErrorHandler(answerFault)
  server.setNotFoundHandler((request, reply) => {
    if (isForConsole(request)) return sendConsole(reply)
    const answer = request.url.startsWith('/api/') ? refuse : answerFault
    answer(Object.assign(new Error(), { code: 'FST_ERR_NOT_FOUND' }), request, reply)
  })
  return server
}

function smsOutbox({ config, db, isOwn, log, now }: Pick<ManagementDeps, 'config' | 'db' | 'isOwn' | 'now'> & { log: Logger }): SmsOutbox {
  const provider =
    config.smsProvider === 'file'
      ? createFileSms(config.dataDir)
      : createHttpSms({ url: config.smsUrl!, header: config.smsHeader, body: config.smsBody, isOwn })
  return openSmsOutbox(provider, ({ id }, problem) => {
    if (problem !== null) log.warn({ problem }, 'a code could not be sent by SMS')
    noteSmsEnded(db, id, problem, now()).catch((error: unknown) => log.warn({ err: error }, 'it is not on record what became of an SMS'))
  })
}

function fileStore({ dataDir, s3Endpoint: endpoint, s3Region: region, s3AccessKey, s3SecretKey }: Config): FileStore {
  if (endpoint === undefined) return createDiskStore(dataDir)
  return createS3Store({ endpoint, region, accessKey: s3AccessKey!, secretKey: s3SecretKey! })
}

function mailSender(config: Config): MailSender {
  return config.smtpUrl === undefined ? createFileMail(config.dataDir) : createSmtpMail(config.smtpUrl, config.mailFrom!)
}

// Token requests come here too; like the gateway's calls, each is taken once, also over a restart.
function openNonces(folder: string, now: number, log: Logger): { nonces: Nonces; journal: NonceJournal } {
  const table = openNonceTable(rememberedNonces(folder, now), nonceLifeMs)
  const onError = (error: unknown) => log.error({ err: error }, 'nonces cannot be kept')
  const journal = openNonceJournal({ folder, writer: 'platform', lifeMs: nonceLifeMs, onError })
  return { nonces: createNonces(table, journal), journal }
}

/** The credential of gateways that share our data dir; made anew when the database is not the one it was made for. */
function keepNodeCredential(dataDir: string, tokens: Tokens, now: number): void {
  const file = join(dataDir, 'node.credential')
  if (existsSync(file)) {
    if (typeof tokens.verify('node', readFileSync(file, 'utf8').trim(), now) !== 'string') return
    rmSync(file)
  }
  keepOnce(file, `${tokens.sign('node', { sub: hostname() }, now)}\n`)
}

function ownPorts({ platformPort, gatewayPort, feedListen }: Config): number[] {
  return [platformPort, gatewayPort, ...(feedListen ? [hostAndPort(feedListen).port] : [])]
}

function hostAndPort(text: string): { host: string; port: number } {
  const at = text.lastIndexOf(':')
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) }
}
