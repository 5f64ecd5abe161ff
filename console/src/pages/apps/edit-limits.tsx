// How often an app may call, over all interfaces together.

import { App as AntApp } from 'antd'
import { useTell } from '../../api/query.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { useText } from '../../text/text.ts'
import type { AppInFull } from './app.tsx'
import { LimitFields, type Limits, limitsToSend } from './limit-fields.tsx'

export function EditLimits({ app, open, onClose }: { readonly app: AppInFull; readonly open: boolean; onClose(): void }) {
  const t = useText('apps')
  const { message } = AntApp.useApp()
  const edit = useTell('PUT /openapi/app/edit/{id}')
  async function submit(limits: Limits) {
    await edit.mutateAsync({ params: { id: app.id }, body: limitsToSend(limits) })
    message.success(t('common:saved'))
  }
  return (
    <FormDrawer<Limits>
      open={open}
      onClose={onClose}
      title={t('limitsOf', { name: app.name })}
      about={t('limitsHint')}
      initial={app}
      submit={submit}
    >
      <LimitFields />
    </FormDrawer>
  )
}
