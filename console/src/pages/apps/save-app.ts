// Saving what was changed of an app. A picture that was chosen has a request of its own.

import { App as AntApp } from 'antd'
import { useTell } from '../../api/query.ts'
import type { Body } from '../../api/types.ts'
import { useText } from '../../text/text.ts'
import type { AppInFull } from './app.tsx'
import { type Logo, useKeepLogo } from './logo-field.tsx'

interface Changed extends Omit<Body<'PUT /openapi/app/edit/{id}'>, 'logo'> {
  readonly logo?: Logo
}

export function useSaveApp(app: AppInFull): (changed: Changed) => Promise<void> {
  const t = useText('common')
  const { message } = AntApp.useApp()
  const edit = useTell('PUT /openapi/app/edit/{id}')
  const keepLogo = useKeepLogo()
  return async ({ logo, ...fields }) => {
    const body = { ...fields, remark: fields.remark ?? '', logo: await keepLogo(logo) }
    await edit.mutateAsync({ params: { id: app.id }, body })
    message.success(t('saved'))
  }
}
