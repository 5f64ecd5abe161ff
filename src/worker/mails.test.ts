// Mails reach a real server by SMTP, or a file; what cannot be sent now is sent later, and what never can be is given up.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { pino } from 'pino'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { claimMails, forgetOldMails, noteSent, pageMails, queueMails } from '#core/mail/mail.store.ts'
import { delayAfter, type Mail, type MailSender } from '#core/mail/mail.ts'
import { createFileMail, createSmtpMail } from '#core/mail/sender.ts'
import { openTestDatabase, type TestDatabase } from '../../test/database.ts'
import { sendDue, startMails } from './mails.ts'

let database: TestDatabase
before(async () => {
  database = await openTestDatabase()
})
beforeEach(() => database.db.execute(sql`delete from mail`))
after(() => database.end())

const log = pino({ level: 'silent' })
const now = new Date('2026-03-01T04:00:00Z')
const later = (ms: number) => new Date(now.getTime() + ms)
const minuteMs = 60_000
const hello: Mail = { to: '张三@example.com', subject: '您好 / Hello', text: '第一行\n.\nthe last line', kind: 'app_expiry' }

const sendBy = (mail: MailSender, at = now) => sendDue({ db: database.db, mail, log, now: () => at }, new AbortController().signal)
const rows = async () => (await pageMails(database.db, { current: 1, size: 100 })).records
const only = async () => {
  const [row, ...others] = await rows()
  assert.equal(others.length, 0)
  return row!
}

interface Received {
  readonly from: string
  readonly to: string[]
  readonly text: string
}

/** A server that takes everything, but for what `options` refuse. */
async function openSmtp(options: SMTPServerOptions = {}) {
  const received: Received[] = []
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    ...options,
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
        })
        done()
      })
    },
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  return {
    received,
    url: `smtp://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(resolve)),
  }
}

/** One that does something else than SMTP with each connection. */
async function openOdd(meet: (socket: Socket) => void): Promise<{ url: string } & AsyncDisposable> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    meet(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

test('a mail reaches the server as plain text, from us, and is not sent again', async () => {
  await using smtp = await openSmtp()
  await queueMails(database.db, [{ ...hello, to: 'zhang@example.com' }], now)
  const mail = createSmtpMail(smtp.url, 'kaimen@example.org')
  await sendBy(mail)
  await sendBy(mail, later(24 * 60 * minuteMs))
  assert.equal(smtp.received.length, 1)
  const [{ from, to, text }] = smtp.received as [Received]
  assert.deepEqual([from, to], ['kaimen@example.org', ['zhang@example.com']])
  assert.match(text, /^Content-Type: text\/plain; charset=utf-8\r$/m)
  assert.match(text, /^Subject: =\?UTF-8\?/m)
  assert.match(text, /^Message-ID: <kaimen\.\d+\.1772337600000@example\.org>\r$/m)
  const row = await only()
  assert.deepEqual([row.status, row.tries, row.problem, row.sentAt], ['sent', 1, null, now])
  const kept = await database.db.execute(sql`select text from mail`)
  assert.equal(kept.rows[0]!.text, null)
})

test('user and password of the URL are shown to the server, and a wrong password is not the mail’s fault', async () => {
  await using smtp = await openSmtp({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _, done) =>
      password === 's3cret/word' ? done(null, { user: username }) : done(new Error('no'), undefined),
  })
  const at = (password: string) => smtp.url.replace('//', `//kaimen:${encodeURIComponent(password)}@`)
  await queueMails(database.db, [{ ...hello, to: 'a@example.com' }], now)
  await sendBy(createSmtpMail(at('wrong'), 'kaimen@example.org'))
  assert.equal((await only()).status, 'waiting')
  assert.doesNotMatch((await only()).problem!, /wrong/)
  await sendBy(createSmtpMail(at('s3cret/word'), 'kaimen@example.org'), later(minuteMs))
  assert.equal(smtp.received.length, 1)
})

test('a recipient whom the server refuses for good is given up at once, one refused for now is tried again', async () => {
  const refusal = (code: number) => Object.assign(new Error('no such person'), { responseCode: code })
  await using smtp = await openSmtp({
    onRcptTo: ({ address }, _, done) => done(address.startsWith('gone') ? refusal(550) : address.startsWith('full') ? refusal(452) : null),
  })
  await queueMails(
    database.db,
    ['gone@example.com', 'full@example.com', 'here@example.com'].map((to) => ({ ...hello, to })),
    now,
  )
  await sendBy(createSmtpMail(smtp.url, 'kaimen@example.org'))
  const outcome = (await rows()).map(({ to, status }) => `${to} ${status}`).sort()
  assert.deepEqual(outcome, ['full@example.com waiting', 'gone@example.com given_up', 'here@example.com sent'])
  const full = (await rows()).find(({ to }) => to.startsWith('full'))!
  assert.deepEqual(full.nextAt, later(minuteMs))
  assert.match(full.problem!, /452/)
})

const odd: Record<string, (socket: Socket) => void> = {
  'drops the connection': (socket) => socket.destroy(),
  'drops it in the middle': (socket) => {
    socket.write('220 here\r\n')
    socket.on('data', (sent) => (/^EHLO/.test(sent.toString()) ? socket.write('250 here\r\n') : socket.destroy()))
  },
  'speaks something else': (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
}
for (const [what, meet] of Object.entries(odd)) {
  test(`a server that ${what} gets the mail later`, async () => {
    await using server = await openOdd(meet)
    await queueMails(database.db, [hello], now)
    await sendBy(createSmtpMail(server.url, 'kaimen@example.org'))
    const row = await only()
    assert.deepEqual([row.status, row.tries, row.nextAt], ['waiting', 1, later(minuteMs)])
    assert.ok(row.problem)
  })
}

test('a server that hangs holds nobody up who ends; the mail waits for the next one', async () => {
  let met = 0
  await using server = await openOdd(() => met++)
  await queueMails(database.db, [hello], now)
  const mails = startMails({ db: database.db, mail: createSmtpMail(server.url, 'kaimen@example.org'), log, now: () => now })
  while (met === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  await mails.stop()
  const row = await only()
  assert.deepEqual([row.status, row.nextAt], ['waiting', now])
})

test('tries are further and further apart, and end', async () => {
  const delays = Array.from({ length: 9 }, (_, at) => delayAfter(at + 1))
  assert.deepEqual(delays.map((ms) => ms && ms / minuteMs), [1, 5, 15, 60, 180, 360, 720, 1440, undefined]) // biome-ignore format: one thought
  const failing: MailSender = { send: () => Promise.reject(new Error('down\0')) }
  await queueMails(database.db, [hello], now)
  let at = now
  for (const delay of delays) {
    await sendBy(failing, new Date(at.getTime() - 1))
    await sendBy(failing, at)
    at = new Date(at.getTime() + (delay ?? 0))
  }
  const row = await only()
  assert.deepEqual([row.status, row.tries, row.problem], ['given_up', 9, 'down'])
})

test('who dies while sending loses no mail, and who was thought dead changes nothing any more', async () => {
  await queueMails(database.db, [hello], now)
  const [taken] = await claimMails(database.db, 10, 5 * minuteMs, now)
  assert.deepEqual(await claimMails(database.db, 10, 5 * minuteMs, later(4 * minuteMs)), [])
  const [again] = await claimMails(database.db, 10, 5 * minuteMs, later(5 * minuteMs))
  assert.equal(again!.id, taken!.id)
  await noteSent(database.db, taken!, later(6 * minuteMs))
  assert.equal((await only()).status, 'waiting')
  await noteSent(database.db, again!, later(6 * minuteMs))
  assert.equal((await only()).status, 'sent')
})

test('of many senders at once each mail has one', async () => {
  await queueMails(
    database.db,
    Array.from({ length: 20 }, (_, at) => ({ ...hello, to: `p${at}@example.com` })),
    now,
  )
  const sent: string[] = []
  const mail: MailSender = { send: async ({ to }) => void sent.push(to) }
  await Promise.all(Array.from({ length: 8 }, () => sendBy(mail)))
  assert.equal(new Set(sent).size, 20)
  assert.equal(sent.length, 20)
})

test('without a server they go into a file that is for us alone; after a month they are forgotten', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'kaimen-mail-'))
  await queueMails(database.db, [hello], now)
  await sendBy(createFileMail(dataDir))
  const file = join(dataDir, 'outbox', 'mail.jsonl')
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { ...hello, time: now.toISOString() })
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.equal(statSync(join(dataDir, 'outbox')).mode & 0o777, 0o700)
  rmSync(dataDir, { recursive: true })
  await forgetOldMails(database.db, later(30 * 86_400_000))
  assert.equal((await rows()).length, 1)
  await forgetOldMails(database.db, later(30 * 86_400_000 + 1))
  assert.equal((await rows()).length, 0)
})
