// What a database needs before anything else: an identity, a key that signs, somebody who may sign in.
// Safe to run at every start, and by two platforms at once.

import { randomBytes, randomUUID } from 'node:crypto'
import { isNull, sql } from 'drizzle-orm'
import { adminRole, developerRole } from '#core/role/permission.ts'
import { newSigningKey } from '#core/token/signing-key.ts'
import { insertFirstDetails } from '#core/user/detail.store.ts'
import type { Passwords } from '#core/user/password.ts'
import { countUsers, insertUser } from '#core/user/user.store.ts'
import type { Db } from '#db/open.ts'
import { instance, signingKey } from '#db/schema.ts'
import type { Sealer } from '#lib/seal.ts'
import { StartError } from '#lib/start-error.ts'

const firstStartLock = 20872
const checkText = 'kaimen'

export interface FirstLogin {
  readonly username: string
  /** Undefined when the operator chose it. */
  readonly password: string | undefined
}

export interface FirstStartDeps {
  readonly sealer: Sealer
  readonly passwords: Passwords
  readonly adminPassword: string | undefined
  /** Names of the first fields of `details`. */
  readonly userDetails: readonly string[]
  readonly now: Date
  /** Shows the first login, the only time. */
  announce(login: FirstLogin): void
}

export async function prepareFirstStart(db: Db, deps: FirstStartDeps): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${firstStartLock})`)
    await prepareInstance(tx, deps)
    await prepareSigningKey(tx, deps.sealer, deps.now)
    if ((await countUsers(tx)) > 0) return
    const password = deps.adminPassword ?? randomBytes(12).toString('base64url')
    const admin = { username: 'admin', passwordHash: await deps.passwords.hash(password), phoneNumber: null, nickname: null }
    await insertUser(tx, admin, [adminRole, developerRole], deps.now)
    // Before the commit: killed in between, the next start makes and shows another one. After it, nobody would ever know this one.
    deps.announce({ username: 'admin', password: deps.adminPassword === undefined ? password : undefined })
  })
}

async function prepareInstance(db: Db, { sealer, userDetails, now }: FirstStartDeps): Promise<void> {
  const [row] = await db.select().from(instance)
  if (!row) {
    await db.insert(instance).values({ id: randomUUID(), createdAt: now, keyCheck: sealer.seal('key-check', checkText) })
    await insertFirstDetails(db, userDetails, now)
    return
  }
  try {
    if (sealer.open('key-check', row.keyCheck) === checkText) return
  } catch {
    // Named below.
  }
  throw new StartError({
    en: 'The master key does not fit this database: its secrets were encrypted under another one.\nGive the right KAIMEN_MASTER_KEY, or put back the file master.key that belongs to this database.',
    zh: '主密钥与该数据库不符：其中的密钥是用另一把主密钥加密的。\n请提供正确的 KAIMEN_MASTER_KEY，或放回属于该数据库的 master.key 文件。',
  })
}

async function prepareSigningKey(db: Db, sealer: Sealer, now: Date): Promise<void> {
  if ((await db.$count(signingKey, isNull(signingKey.retiredAt))) > 0) return
  await db.insert(signingKey).values(newSigningKey(sealer, now))
}
