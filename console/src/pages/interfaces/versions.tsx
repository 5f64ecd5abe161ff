// The versions of one interface share a code; each is an interface of its own.

import { App, Button, Flex, Form, Input } from 'antd'
import { useState } from 'react'
import { useMay } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import { DataTable } from '../../components/data-table.tsx'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { TextLink } from '../../components/link.tsx'
import { useOnward } from '../../components/onward.ts'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'
import { InterfaceStatus } from './interface-status.tsx'
import type { Interface } from './interfaces.tsx'

export function Versions({ of: one }: { readonly of: Interface }) {
  const t = useText('interfaces')
  const may = useMay()
  const [isOpen, setOpen] = useState(false)
  return (
    <Flex vertical gap={16}>
      {may('create-interface') && (
        <div>
          <Button onClick={() => setOpen(true)}>{t('addVersion')}</Button>
        </div>
      )}
      {one.code && (
        <DataTable
          of="GET /openapi/interface/page"
          label={t('versions')}
          query={{ code: one.code }}
          columns={[
            {
              title: t('version'),
              render: ({ id, version }) => (
                <TextLink to="/interfaces/$id" params={{ id: String(id) }}>
                  {version}
                </TextLink>
              ),
            },
            { title: t('path'), render: ({ path }) => <code>{path}</code> },
            { title: t('status'), render: (version) => <InterfaceStatus of={version} /> },
            { title: t('deprecationTime'), render: ({ deprecationTime }) => <Time at={deprecationTime} none="–" /> },
            { title: t('sunsetTime'), render: ({ sunsetTime }) => <Time at={sunsetTime} none="–" /> },
          ]}
          empty={{ title: t('versions'), text: t('addVersionHint') }}
        />
      )}
      <AddVersion of={one} open={isOpen} onClose={() => setOpen(false)} />
    </Flex>
  )
}

interface AddVersionProps {
  readonly of: Interface
  readonly open: boolean
  onClose(): void
}

function AddVersion({ of: one, open, onClose }: AddVersionProps) {
  const t = useText('interfaces')
  const goOn = useOnward()
  const { message } = App.useApp()
  const add = useTell('POST /openapi/interface/version/{id}')
  async function submit({ version }: { version: string }) {
    const { id } = await add.mutateAsync({ params: { id: one.id }, body: { version } })
    message.success(t('versionAdded', { version }))
    goOn(`/interfaces/${id}`)
  }
  return (
    <FormDrawer
      open={open}
      onClose={onClose}
      title={t('addVersionOf', { name: one.name ?? '' })}
      about={t('addVersionHint')}
      initial={{}}
      submit={submit}
    >
      <Form.Item name="version" label={t('version')} rules={[{ required: true }, { max: 16 }]}>
        <Input maxLength={16} autoFocus />
      </Form.Item>
    </FormDrawer>
  )
}
