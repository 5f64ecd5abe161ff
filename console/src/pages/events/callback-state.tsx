// How a callback address does, as a word and a colour.

import type { Answer } from '../../api/types.ts'
import { type Mood, StatusTag } from '../../components/status-tag.tsx'
import { useText } from '../../text/text.ts'

type Callback = Answer<'GET /openapi/event/choice/{id}'>['callback']

const moods: Record<Callback['state'] | 'failing', Mood> = {
  none: 'idle',
  pending: 'busy',
  open: 'good',
  failing: 'warn',
  blocked: 'warn',
  disabled: 'bad',
}

export function CallbackState({ of: { state, failingTime } }: { readonly of: Pick<Callback, 'state' | 'failingTime'> }) {
  const t = useText('events')
  // It is tried all the same, and does not do well.
  const shown = state === 'open' && failingTime !== null ? 'failing' : state
  return <StatusTag mood={moods[shown]}>{t(`state_${shown}`)}</StatusTag>
}
