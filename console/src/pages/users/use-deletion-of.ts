// What is asked before somebody is deleted.

import { useTell } from '../../api/query.ts'
import type { Question } from '../../components/confirm-action.tsx'
import { useText } from '../../text/text.ts'
import type { User } from './users.tsx'

export function useDeletionOf(): (user: User) => Question {
  const t = useText('users')
  const remove = useTell('DELETE /openapi/user/delete/{id}')
  return ({ id, username }) => ({
    title: t('deleteOf', { name: username }),
    effect: t('deleteEffect'),
    label: t('common:delete'),
    act: () => remove.mutateAsync({ params: { id } }),
  })
}
