// A new app of a developer. Its secret is shown this once; applying for interfaces is next.

import { useNavigate } from '@tanstack/react-router'
import { Form, Input } from 'antd'
import { useState } from 'react'
import { useTell } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { Secret } from '../../components/secret.tsx'
import { useText } from '../../text/text.ts'
import { type Logo, LogoField, useKeepLogo } from '../apps/logo-field.tsx'

interface Values {
  readonly name: string
  readonly logo?: Logo
  readonly remark?: string
}

export function AddOwnApp({ open, onClose }: { readonly open: boolean; onClose(): void }) {
  const t = useText('mine')
  const navigate = useNavigate()
  const add = useTell('POST /openapi/app/add')
  const keepLogo = useKeepLogo()
  const [made, setMade] = useState<Answer<'POST /openapi/app/add'>>()
  return (
    <>
      <FormDrawer<Values>
        open={open}
        onClose={onClose}
        title={t('add')}
        about={t('addHint')}
        initial={{}}
        submitLabel={t('common:create')}
        submit={async ({ logo, ...fields }) => setMade(await add.mutateAsync({ body: { ...fields, logo: await keepLogo(logo) } }))}
      >
        <Form.Item name="name" label={t('name')} rules={[{ required: true }]}>
          <Input maxLength={64} autoFocus />
        </Form.Item>
        <LogoField />
        <Form.Item name="remark" label={t('remark')}>
          <Input.TextArea maxLength={255} rows={3} />
        </Form.Item>
      </FormDrawer>
      <Secret
        secret={made?.appSecret}
        title={t('added', { name: made?.name })}
        facts={{ appId: made?.appId ?? '' }}
        name="appSecret"
        onClose={() => navigate({ to: `/my/apps/${made?.id}`, search: { tab: 'interfaces' } as never })}
      />
    </>
  )
}
