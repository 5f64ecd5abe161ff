// Pausing the events of an app, and going on: what each does is said before.

import { useTell } from '../../api/query.ts'
import type { Question } from '../../components/confirm-action.tsx'
import { useText } from '../../text/text.ts'
import type { Counts, EventApp } from './app-events.tsx'

export function useFlow({ id, name }: EventApp, { waiting }: Counts): { readonly pause: Question; readonly resume: Question } {
  const t = useText('events')
  const choose = useTell('PUT /openapi/event/choice/{id}')
  const set = (paused: boolean) => choose.mutateAsync({ params: { id }, body: { paused } })
  return {
    pause: {
      title: t('pauseOf', { name }),
      effect: t('pauseEffect', { number: waiting }),
      label: t('pause'),
      danger: false,
      act: () => set(true),
    },
    resume: {
      title: t('resumeOf', { name }),
      effect: t('resumeEffect', { number: waiting }),
      label: t('resume'),
      danger: false,
      act: () => set(false),
    },
  }
}
