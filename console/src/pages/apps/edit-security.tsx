// How an app may prove itself, and from where.

import { App as AntApp, Checkbox, Form, Input } from 'antd'
import { useMay } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { Body } from '../../api/types.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { useText } from '../../text/text.ts'
import type { AppInFull } from './app.tsx'

type Scheme = NonNullable<Body<'PUT /openapi/app/edit/{id}'>['schemes']>[number]
/** The strong ones first; the compiler names one that is missing. */
const schemes: Record<Scheme, true> = {
  'hmac-sha256': true,
  rfc9421: true,
  rsa2: true,
  sm2: true,
  openapi: true,
  member: true,
  'auth-id': true,
}

/** Old and weak: a developer cannot take them up. */
const forHq = ['member', 'auth-id']

interface Values {
  schemes: Scheme[]
  ipAllowList?: string
}

export function EditSecurity({ app, open, onClose }: { readonly app: AppInFull; readonly open: boolean; onClose(): void }) {
  const t = useText('apps')
  const may = useMay()
  const { message } = AntApp.useApp()
  const edit = useTell('PUT /openapi/app/edit/{id}')
  const offered = Object.keys(schemes).filter((scheme) => may('edit-app') || !forHq.includes(scheme) || app.schemes.includes(scheme))
  async function submit({ schemes, ipAllowList = '' }: Values) {
    const ranges = ipAllowList.split(/[\s,]+/).filter((range) => range !== '')
    await edit.mutateAsync({ params: { id: app.id }, body: { schemes, ipAllowList: ranges } })
    message.success(t('common:saved'))
  }
  return (
    <FormDrawer<Values>
      open={open}
      onClose={onClose}
      title={t('editSecurity')}
      initial={{ schemes: app.schemes as Scheme[], ipAllowList: app.ipAllowList.join('\n') }}
      submit={submit}
    >
      <Form.Item name="schemes" label={t('schemes')} extra={t('schemesHint')}>
        <Checkbox.Group options={offered} />
      </Form.Item>
      <Form.Item name="ipAllowList" label={t('ipAllowList')} extra={t('ipHint')}>
        <Input.TextArea rows={5} style={{ fontFamily: 'var(--ant-font-family-code)' }} />
      </Form.Item>
    </FormDrawer>
  )
}
