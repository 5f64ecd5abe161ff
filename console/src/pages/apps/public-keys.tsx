// Public keys that an app signs under: the private ones stay with the partner.

import { App as AntApp, Button, Flex, Form, Input } from 'antd'
import { useState } from 'react'
import { useMayOwn } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { Body } from '../../api/types.ts'
import { useConfirm } from '../../components/confirm-action.tsx'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { Nothing } from '../../components/nothing.tsx'
import { SmallTable } from '../../components/small-table.tsx'
import { useText } from '../../text/text.ts'
import type { AppInFull } from './app.tsx'
import { appNow } from './app-now.ts'

type Keys = NonNullable<Body<'PUT /openapi/app/edit/{id}'>['publicKeys']>

export function PublicKeys({ app }: { readonly app: AppInFull }) {
  const t = useText('apps')
  const mayOwn = useMayOwn()
  const confirm = useConfirm()
  const { message } = AntApp.useApp()
  const edit = useTell('PUT /openapi/app/edit/{id}')
  const [isAdding, setAdding] = useState(false)
  const kept = app.publicKeys as Keys
  async function change(to: (before: Keys) => Keys) {
    const { publicKeys } = await appNow(app)
    await edit.mutateAsync({ params: { id: app.id }, body: { publicKeys: to(publicKeys as Keys) } })
    message.success(t('common:saved'))
  }
  const add = mayOwn('edit-app') && <Button onClick={() => setAdding(true)}>{t('addPublicKey')}</Button>
  const remove = (keyId: string) =>
    confirm({
      title: t('removeKeyOf', { name: keyId }),
      effect: t('removeKeyEffect'),
      label: t('removeKey'),
      act: () => change((before) => before.filter((key) => key.keyId !== keyId)),
    })
  return (
    <>
      <SmallTable
        title={t('publicKeys')}
        label={t('publicKeys')}
        extra={kept.length > 0 && add}
        rows={kept}
        keyOf={({ keyId }) => keyId}
        empty={<Nothing title={t('noPublicKeys')} text={t('publicKeysHint')} action={add} />}
        columns={[
          { title: 'keyId', render: ({ keyId }) => <code>{keyId}</code> },
          { title: t('algorithm'), render: ({ alg }) => <code>{alg}</code> },
          {
            title: t('common:actions'),
            render: ({ keyId }) =>
              mayOwn('edit-app') && (
                <Button size="small" danger onClick={() => remove(keyId)}>
                  {t('removeKey')}
                </Button>
              ),
          },
        ]}
      />
      <FormDrawer<{ keyId: string; publicKey: string }>
        open={isAdding}
        onClose={() => setAdding(false)}
        title={t('addPublicKey')}
        about={t('publicKeysHint')}
        initial={{}}
        submit={(key) => change((before) => [...before, key])}
      >
        <Form.Item name="keyId" label="keyId" extra={t('keyIdHint')} rules={[{ required: true }, { pattern: /^[\w.-]{1,64}$/ }]}>
          <Input maxLength={64} autoFocus />
        </Form.Item>
        <Form.Item label={t('publicKey')} extra={t('publicKeyHint')} required>
          <Flex vertical gap={8}>
            <Form.Item name="publicKey" noStyle rules={[{ required: true }]}>
              <Input.TextArea
                rows={8}
                spellCheck={false}
                aria-label={t('publicKey')}
                placeholder="-----BEGIN PUBLIC KEY-----"
                style={{ fontFamily: 'var(--ant-font-family-code)', fontSize: 13 }}
              />
            </Form.Item>
          </Flex>
        </Form.Item>
      </FormDrawer>
    </>
  )
}
