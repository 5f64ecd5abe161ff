// Deliveries sent again: one, several that were chosen, or all that match; and beforehand how many that are, and to whom (contract §6,
// settled A9).

import { z } from 'zod'
import { type Act, noteAct } from '#core/audit/audit.store.ts'
import { countResend, type ResendOrder, type Resent, resendChosen, resendSome } from '#core/event/delivery-list.store.ts'
import { fault } from '#core/fault.ts'
import type { Viewer } from '#core/user/viewer.store.ts'
import { toWireTime } from '#lib/time.ts'
import { appsOf, publicId, range, rangeOf } from './delivery.ts'
import { endpoint, type ManagementDeps } from './endpoint.ts'
import { id, idText, parseTime, wideIdText, wireTime } from './wire.ts'

export const resend = endpoint({
  summary: { en: 'Send a delivery again, whatever became of it, with its webhook-id', zh: '重新投递（webhook-id 不变）' },
  params: z.object({ deliveryId: wideIdText }),
  ownTransactions: true,
  async handle({ params: { deliveryId } }, deps, viewer) {
    const { left } = await sendAgain([deliveryId], ([one]) => ({ subject: deliveryId, after: { app_id: one!.appId } }), deps, viewer)
    const why = left[0]?.why
    if (why === 'not_found') throw fault('not_found', { what: 'delivery' })
    if (why === 'app_deleted') throw fault('not_found', { what: 'app' })
    if (why === 'callback_disabled') throw fault('callback_disabled')
    // What is being tried in this moment goes out as it was asked for.
    return null
  },
})

/** As many as a page has rows. */
const chosenMax = 200

export const resendTheChosen = endpoint({
  summary: {
    en: 'Send some deliveries again, each with its webhook-id; says of each that stays why',
    zh: '重新投递选中的投递（webhook-id 不变），并说明未能重新投递的各项原因',
  },
  body: z.object({ deliveryIds: z.array(z.int().min(1)).min(1).max(chosenMax).describe('One that stands there twice counts once') }),
  answer: z.object({
    count: z.int().describe('How many are sent again'),
    left: z
      .array(z.object({ deliveryId: z.int(), why: z.enum(['not_found', 'app_deleted', 'callback_disabled', 'under_way']) }))
      .describe('under_way: it is being tried in this moment'),
  }),
  ownTransactions: true,
  async handle({ body }, deps, viewer) {
    const actOf = (sent: Sent) => ({ subject: 'chosen', after: { deliveryIds: sent.map(({ id }) => id) } })
    const { sent, left } = await sendAgain([...new Set(body.deliveryIds)], actOf, deps, viewer)
    return { count: sent.length, left: left.map(({ id, why }) => ({ deliveryId: id, why })) }
  },
})

type Sent = Resent['sent']

/** Sends these again as far as it can be done; what was sent stands in the audit log. */
async function sendAgain(
  ids: readonly number[],
  actOf: (sent: Sent) => Omit<Act, 'kind'>,
  deps: ManagementDeps,
  viewer: Viewer,
): Promise<Resent> {
  const appIds = await appsOf(undefined, 'resend-event', deps, viewer)
  const done = await deps.db.transaction(async (tx) => {
    const done = await resendChosen(tx, ids, appIds, deps.now())
    if (done.sent.length > 0) await noteAct(tx, { kind: 'delivery', ...actOf(done.sent) })
    return done
  })
  deps.wakeDeliveries([...new Set(done.sent.map(({ appId }) => appId))])
  return done
}

const resentMax = 10_000
const state = z.enum(['parked', 'delivered'])

interface Wish {
  readonly state: 'parked' | 'delivered'
  readonly appId?: string | null | undefined
  readonly interfaceId?: number | null | undefined
  readonly eventId?: number | null | undefined
  readonly from?: string | null | undefined
  readonly to?: string | null | undefined
}

async function orderOf(wish: Wish, endedBefore: Date, deps: ManagementDeps, viewer: Viewer): Promise<ResendOrder> {
  return {
    state: wish.state,
    appIds: await appsOf(wish.appId ?? undefined, 'resend-event', deps, viewer),
    operationId: wish.interfaceId ?? undefined,
    eventId: wish.eventId ?? undefined,
    ...rangeOf({ from: wish.from ?? undefined, to: wish.to ?? undefined }, deps),
    endedBefore,
  }
}

const appsNamedMax = 20

export const countOfResend = endpoint({
  summary: { en: 'What a resend of all that match would send, and to whom', zh: '查询按条件批量重新投递将涉及的数量与应用' },
  query: z.object({ state, appId: publicId.optional(), interfaceId: idText.optional(), eventId: wideIdText.optional(), ...range }),
  answer: z.object({
    count: z.int(),
    more: z.boolean().describe('There are more than `count`'),
    apps: z
      .array(z.object({ id: z.int(), publicAppId: z.string(), name: z.string(), count: z.int() }))
      .describe(`Those that get most, at most ${appsNamedMax}`),
    appCount: z.int(),
    disabledCount: z.int().describe('Besides: those that stay, because the callback address is disabled'),
    endedBefore: wireTime.describe('For the resend, so that it sends what was counted here and nothing that ends later'),
  }),
  async handle({ query }, deps, viewer) {
    const endedBefore = toWireTime(deps.now(), deps.config.timeZone)
    const order = await orderOf(query, parseTime('endedBefore', endedBefore, deps.config), deps, viewer)
    const { count, more, apps } = await countResend(deps.db, order, resentMax)
    const stays = await countResend(deps.db, order, resentMax, true)
    return { count, more, apps: apps.slice(0, appsNamedMax), appCount: apps.length, disabledCount: stays.count, endedBefore }
  },
})

export const resendMatching = endpoint({
  summary: {
    en: 'Send deliveries again that match, oldest first, at most 10,000 at a time; those of disabled callback addresses stay',
    zh: '按条件批量重新投递，最早的在前，每次至多一万条；回调地址已停用的应用除外',
  },
  body: z.object({
    state,
    appId: publicId.nullish(),
    interfaceId: id.nullish(),
    eventId: z.int().min(1).nullish(),
    from: wireTime.nullish(),
    to: wireTime.nullish().describe('That second is part of the range'),
    endedBefore: wireTime
      .nullish()
      .describe('Only what ended before; with it the same request again sends nothing twice. Delivered ones are sent again only with it'),
  }),
  answer: z.object({ count: z.int(), more: z.boolean().describe('There may be more: ask again') }),
  // One transaction for each thousand, so that what is sent meanwhile does not wait for all of them.
  ownTransactions: true,
  async handle({ body }, deps, viewer) {
    const { state, endedBefore } = body
    if (state === 'delivered' && endedBefore == null)
      throw fault('invalid_parameters', { reason: 'field', name: 'endedBefore', problem: 'state: delivered' })
    const now = deps.now()
    const order = await orderOf(body, endedBefore == null ? now : parseTime('endedBefore', endedBefore, deps.config), deps, viewer)
    let count = 0
    for (;;) {
      const piece = await deps.db.transaction(async (tx) => {
        const piece = await resendSome(tx, order, resentMax - count, now)
        if (piece.count > 0) await noteAct(tx, { kind: 'delivery', subject: 'matching', after: { ...body, count: piece.count } })
        return piece
      })
      if (piece.count === 0) return { count, more: false }
      count += piece.count
      deps.wakeDeliveries(piece.appIds)
      if (count >= resentMax) return { count, more: true }
    }
  },
})
