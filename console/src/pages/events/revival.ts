// Having a callback address tried again that is disabled, or held back: what happens to what waits, and to what was parked, is said before.

import { App } from 'antd'
import { useTell } from '../../api/query.ts'
import type { Question } from '../../components/confirm-action.tsx'
import { useText } from '../../text/text.ts'
import type { Counts, EventApp } from './app-events.tsx'

type Addressed = Pick<EventApp, 'id' | 'name' | 'callbackAddress'>

export function useRevival(): (app: Addressed, counts: Counts, state: 'disabled' | 'blocked') => Question {
  const t = useText('events')
  const { message } = App.useApp()
  const enable = useTell('PUT /openapi/app/callback/enable/{id}')
  return ({ id, name, callbackAddress }, counts, state) => {
    const facts = { address: callbackAddress ?? '', waiting: counts.waiting, parked: counts.parked }
    const question =
      state === 'disabled'
        ? { title: t('enableOf', { name }), effect: t('enableEffect', facts), label: t('enable') }
        : { title: t('tryNowOf', { name }), effect: t('tryNowEffect', facts), label: t('tryNow') }
    async function act() {
      await enable.mutateAsync({ params: { id } })
      message.success(state === 'disabled' ? t('enabled') : t('common:done'))
    }
    return { ...question, danger: false, act }
  }
}
