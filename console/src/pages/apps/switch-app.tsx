// Enabling and disabling an app, after asking.

import { useTell } from '../../api/query.ts'
import { useConfirm } from '../../components/confirm-action.tsx'
import { useText } from '../../text/text.ts'
import { LastDay } from './last-day.tsx'

export function useSwitchApp(): (app: { readonly id: number; readonly name: string; readonly status: number }) => void {
  const t = useText('apps')
  const confirm = useConfirm()
  const enable = useTell('PUT /openapi/app/enable/{id}')
  const disable = useTell('PUT /openapi/app/disable/{id}')
  return ({ id, name, status }) =>
    status === 0
      ? confirm({
          title: t('disableOf', { name }),
          effect: (
            <>
              {t('disableEffect')}
              <LastDay appId={id} />
            </>
          ),
          label: t('common:disable'),
          act: () => disable.mutateAsync({ params: { id } }),
        })
      : confirm({
          title: t('enableOf', { name }),
          effect: t('enableEffect'),
          label: t('common:enable'),
          danger: false,
          act: () => enable.mutateAsync({ params: { id } }),
        })
}
