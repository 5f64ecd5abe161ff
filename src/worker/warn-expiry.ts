// Tells owners that an app of theirs will expire, and apps that want to know: 30, 7 and 1 days before, once for each step.

import type { Config } from '#config.ts'
import { daysLeft } from '#core/app/app.ts'
import { takeExpiring } from '#core/app/expiring.store.ts'
import { tellApp } from '#core/event/platform-event.store.ts'
import { queueMails } from '#core/mail/mail.store.ts'
import type { Db } from '#db/open.ts'
import { toWireTime } from '#lib/time.ts'
import { mailFor } from '#text/text.ts'

export async function warnOfExpiry({ db, config, now }: { db: Db; config: Config; now(): Date }): Promise<void> {
  const time = now()
  await takeExpiring(db, time, async (tx, apps) => {
    const mails = apps.flatMap(({ name, appId, expiresAt, email }) => {
      if (email === null) return []
      const facts = { name, appId, days: daysLeft({ expiresAt }, time)!, expiresAt: toWireTime(expiresAt, config.timeZone) }
      return [{ to: email, ...mailFor('app_expiry', facts), kind: 'app_expiry' as const }]
    })
    await queueMails(tx, mails, time)
    for (const { id, appId, expiresAt } of apps) {
      const facts = { appId, expiresAt: expiresAt.toISOString(), days: daysLeft({ expiresAt }, time)! }
      await tellApp(tx, id, 'app.expiring', facts, time)
    }
  })
}
