// A new secret for an app, with or without time for the partner to change over.

import { Form, Select } from 'antd'
import { useState } from 'react'
import { useTell } from '../../api/query.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { Secret } from '../../components/secret.tsx'
import { useText } from '../../text/text.ts'
import type { AppInFull } from './app.tsx'

const hour = 3_600

export function ResetSecret({ app, open, onClose }: { readonly app: AppInFull; readonly open: boolean; onClose(): void }) {
  const t = useText('apps')
  const reset = useTell('PUT /openapi/app/resetSignKey/{id}')
  const [secret, setSecret] = useState<string>()
  async function submit({ graceSeconds }: { graceSeconds: number }) {
    setSecret((await reset.mutateAsync({ params: { id: app.id }, body: { graceSeconds } })).appSecret)
  }
  const graces = [
    { value: 24 * hour, label: t('graceDay') },
    { value: hour, label: t('graceHour') },
    { value: 7 * 24 * hour, label: t('graceWeek') },
    { value: 0, label: t('graceNone') },
  ]
  return (
    <>
      <FormDrawer
        open={open}
        onClose={onClose}
        title={t('resetSecret')}
        about={t('resetSecretHint')}
        submitLabel={t('resetSecret')}
        initial={{ graceSeconds: 24 * hour }}
        submit={submit}
      >
        <Form.Item name="graceSeconds" label={t('grace')} extra={t('graceHint')} rules={[{ required: true }]}>
          <Select options={graces} />
        </Form.Item>
      </FormDrawer>
      <Secret
        secret={secret}
        title={t('secretOf', { name: app.name })}
        facts={{ appId: app.appId }}
        name="appSecret"
        onClose={() => setSecret(undefined)}
      />
    </>
  )
}
