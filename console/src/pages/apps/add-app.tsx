// An app that an operator makes for a partner. Its secret is shown this once.

import { useNavigate } from '@tanstack/react-router'
import { Form, Input } from 'antd'
import { useState } from 'react'
import { useMay } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { Answer, Body } from '../../api/types.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { RemoteSelect } from '../../components/remote-select.tsx'
import { Secret } from '../../components/secret.tsx'
import { useText } from '../../text/text.ts'
import { type Logo, LogoField, useKeepLogo } from './logo-field.tsx'

type Values = Omit<Body<'POST /openapi/app/add'>, 'logo'> & { logo?: Logo }

export function AddApp({ open, onClose }: { readonly open: boolean; onClose(): void }) {
  const t = useText('apps')
  const may = useMay()
  const navigate = useNavigate()
  const add = useTell('POST /openapi/app/add')
  const [made, setMade] = useState<Answer<'POST /openapi/app/add'>>()
  const keepLogo = useKeepLogo()
  const goOn = () => navigate({ to: `/apps/${made?.id}` })
  return (
    <>
      <FormDrawer<Values>
        open={open}
        onClose={onClose}
        title={t('add')}
        about={t('addHint')}
        initial={{}}
        submit={async ({ logo, ...fields }) => setMade(await add.mutateAsync({ body: { ...fields, logo: await keepLogo(logo) } }))}
      >
        <Form.Item name="name" label={t('name')} rules={[{ required: true }]}>
          <Input maxLength={64} autoFocus />
        </Form.Item>
        <LogoField />
        <Form.Item name="serviceType" label={t('serviceType')}>
          <Input maxLength={64} />
        </Form.Item>
        {may('view-user') && (
          <Form.Item name="userId" label={t('owner')} extra={t('ownerHint')}>
            <RemoteSelect
              of="GET /openapi/user/page"
              by="username"
              labelOf={({ username, nikeName }) => (nikeName ? `${username} (${nikeName})` : username)}
            />
          </Form.Item>
        )}
        <Form.Item name="remark" label={t('remark')}>
          <Input.TextArea maxLength={255} rows={3} />
        </Form.Item>
      </FormDrawer>
      <Secret
        secret={made?.appSecret}
        title={t('addedTitle', { name: made?.name })}
        facts={{ appId: made?.appId ?? '' }}
        name="appSecret"
        onClose={goOn}
      />
    </>
  )
}
