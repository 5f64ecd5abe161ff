// Saving what was changed of an app. Its callback address has a request of its own, and so has a picture that was chosen.

import { App as AntApp } from 'antd'
import { useTell } from '../../api/query.ts'
import type { Body } from '../../api/types.ts'
import { useText } from '../../text/text.ts'
import type { AppInFull } from './app.tsx'
import { type Logo, useKeepLogo } from './logo-field.tsx'

interface Changed extends Omit<Body<'PUT /openapi/app/edit/{id}'>, 'logo'> {
  readonly logo?: Logo
  readonly callbackAddress?: string | null
}

export function useSaveApp(app: AppInFull): (changed: Changed) => Promise<void> {
  const t = useText('common')
  const { message } = AntApp.useApp()
  const edit = useTell('PUT /openapi/app/edit/{id}')
  const setCallback = useTell('PUT /openapi/app/callback/{id}')
  const keepLogo = useKeepLogo()
  return async ({ callbackAddress, logo, ...fields }) => {
    const params = { id: app.id }
    // First what may be refused: an address that nobody may be called at, and what is no picture.
    if ((callbackAddress || null) !== app.callbackAddress) {
      await setCallback.mutateAsync({ params, body: { callbackAddress: callbackAddress || null } })
    }
    const body = { ...fields, remark: fields.remark ?? '', logo: await keepLogo(logo) }
    await edit.mutateAsync({ params, body })
    message.success(t('saved'))
  }
}
