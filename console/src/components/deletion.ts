// What a row's menu offers to delete it: it asks first, and says what goes with it.

import { useText } from '../text/text.ts'
import { type Question, useConfirm } from './confirm-action.tsx'
import type { Action } from './row-actions.tsx'

export function useDeletion(): (question: Omit<Question, 'label' | 'danger'>) => Action {
  const t = useText('common')
  const confirm = useConfirm()
  return (question) => ({ label: t('delete'), danger: true, onClick: () => confirm({ ...question, label: t('delete') }) })
}
