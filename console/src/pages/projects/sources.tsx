// Where projects are pulled from: by schedule, and now.

import { App, Button, Form, Input, InputNumber, Switch } from 'antd'
import { useState } from 'react'
import { useMay } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { RecordOf } from '../../api/types.ts'
import { DataTable } from '../../components/data-table.tsx'
import { useDeletion } from '../../components/deletion.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import type { Action } from '../../components/row-actions.tsx'
import { StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'

type Source = RecordOf<'GET /openapi/projectSource/page'>

export function Page() {
  const t = useText('projects')
  const may = useMay()
  const deletion = useDeletion()
  const { message } = App.useApp()
  const remove = useTell('DELETE /openapi/projectSource/delete/{id}')
  const pull = useTell('PUT /openapi/projectSource/pull/{id}')
  const [open, setOpen] = useState<Source | 'new'>()

  async function pullNow({ id }: Source) {
    try {
      message.success(t('pulled', await pull.mutateAsync({ params: { id } })))
    } catch (error) {
      message.error((error as Error).message)
    }
  }
  function actions(source: Source): Action[] {
    const edit = { label: t('common:edit'), onClick: () => setOpen(source) }
    const drop = deletion({
      title: t('deleteSourceOf', { name: source.name }),
      effect: t('deleteSourceEffect'),
      act: () => remove.mutateAsync({ params: { id: source.id } }),
    })
    return [
      ...(may('pull-projects') ? [{ label: t('pull'), onClick: () => void pullNow(source) }] : []),
      ...(may('edit-project-source') ? [edit, drop] : []),
    ]
  }

  const add = may('edit-project-source') && (
    <Button type="primary" onClick={() => setOpen('new')}>
      {t('addSource')}
    </Button>
  )
  return (
    <PageShell title={t('sources')} about={t('sourcesAbout')} actions={add}>
      <DataTable
        of="GET /openapi/projectSource/page"
        label={t('sources')}
        filters={[{ name: 'name', label: t('name') }]}
        columns={[
          { title: t('name'), render: ({ name }) => name },
          { title: t('url'), render: ({ url }) => <code>{url}</code> },
          {
            title: t('interval'),
            isShort: true,
            render: ({ enabled, intervalSeconds }) => (enabled ? <Every seconds={intervalSeconds} /> : t('common:disabled')),
          },
          { title: t('lastPull'), render: ({ pullTime }) => <Time at={pullTime} none={t('notYet')} /> },
          { title: t('outcome'), render: (source) => <Outcome of={source} /> },
        ]}
        actions={actions}
        empty={{ title: t('noSources'), text: t('noSourcesText'), action: add }}
      />
      <SourceForm of={open} onClose={() => setOpen(undefined)} />
    </PageShell>
  )
}

function Every({ seconds }: { readonly seconds: number }) {
  const t = useText('projects')
  if (seconds % 3600 === 0) return t('everyHours', { number: seconds / 3600 })
  if (seconds % 60 === 0) return t('everyMinutes', { number: seconds / 60 })
  return t('everySeconds', { number: seconds })
}

function Outcome({ of: { pullTime, problemMsg } }: { readonly of: Source }) {
  const t = useText('projects')
  if (!pullTime) return <StatusTag mood="idle">{t('notYet')}</StatusTag>
  return problemMsg === null ? <StatusTag mood="good">{t('fine')}</StatusTag> : <StatusTag mood="bad">{problemMsg}</StatusTag>
}

interface Values {
  name: string
  url: string
  credential?: string
  intervalSeconds: number
  enabled: boolean
}

function SourceForm({ of, onClose }: { readonly of: Source | 'new' | undefined; onClose(): void }) {
  const t = useText('projects')
  const { message } = App.useApp()
  const add = useTell('POST /openapi/projectSource/add')
  const edit = useTell('PUT /openapi/projectSource/edit/{id}')
  const source = of === 'new' ? undefined : of

  async function submit({ credential, ...values }: Values) {
    const body = { ...values, credential: credential || null }
    if (source) await edit.mutateAsync({ params: { id: source.id }, body })
    else await add.mutateAsync({ body })
    message.success(t('common:saved'))
  }
  return (
    <FormDrawer<Values>
      open={of !== undefined}
      onClose={onClose}
      title={source ? t('editOf', { name: source.name }) : t('addSource')}
      initial={
        source
          ? { name: source.name, url: source.url, intervalSeconds: source.intervalSeconds, enabled: source.enabled }
          : { intervalSeconds: 3600, enabled: true }
      }
      submit={submit}
    >
      <Form.Item name="name" label={t('name')} rules={[{ required: true }, { max: 64 }]}>
        <Input maxLength={64} autoFocus />
      </Form.Item>
      <Form.Item name="url" label={t('url')} extra={t('urlHint')} rules={[{ required: true }]}>
        <Input inputMode="url" placeholder="https://" />
      </Form.Item>
      <Form.Item name="credential" label={t('credential')} extra={source?.hasCredential ? t('credentialKept') : t('credentialHint')}>
        <Input.Password autoComplete="off" />
      </Form.Item>
      <Form.Item name="intervalSeconds" label={t('intervalSeconds')} rules={[{ required: true }]}>
        <InputNumber min={60} max={604_800} precision={0} style={{ width: 160 }} />
      </Form.Item>
      <Form.Item name="enabled" label={t('schedule')} valuePropName="checked">
        <Switch />
      </Form.Item>
    </FormDrawer>
  )
}
