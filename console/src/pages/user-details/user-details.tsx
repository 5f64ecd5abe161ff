// Fields of what else may be told of a person, as the user centre asks for them and answers them.

import { App, Button, Form, Input, InputNumber, Select, Switch } from 'antd'
import { useState } from 'react'
import { useMay } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { Body, RecordOf } from '../../api/types.ts'
import { DataTable } from '../../components/data-table.tsx'
import { useDeletion } from '../../components/deletion.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import type { Action } from '../../components/row-actions.tsx'
import { useText } from '../../text/text.ts'

type Detail = RecordOf<'GET /openapi/userDetail/page'>

const types = ['text', 'number', 'date'] as const

export function Page() {
  const t = useText('userDetails')
  const may = useMay()
  const deletion = useDeletion()
  const remove = useTell('DELETE /openapi/userDetail/delete/{id}')
  const [open, setOpen] = useState<Detail | 'new'>()
  const mayEdit = may('edit-user-detail')

  function actions(detail: Detail): Action[] {
    if (!mayEdit) return []
    const drop = deletion({
      title: t('deleteOf', { name: detail.title }),
      effect: t('deleteEffect'),
      act: () => remove.mutateAsync({ params: { id: detail.id } }),
    })
    return [{ label: t('common:edit'), onClick: () => setOpen(detail) }, drop]
  }

  const add = mayEdit && (
    <Button type="primary" onClick={() => setOpen('new')}>
      {t('add')}
    </Button>
  )
  return (
    <PageShell title={t('title')} about={t('about')} actions={add}>
      <DataTable
        of="GET /openapi/userDetail/page"
        label={t('title')}
        columns={[
          { title: t('fieldTitle'), render: ({ title }) => title },
          { title: t('name'), render: ({ name }) => <code>{name}</code> },
          { title: t('type'), render: ({ type }) => t(type) },
          { title: t('required'), render: ({ required }) => (required ? t('common:yes') : t('common:no')) },
          { title: t('order'), isNumber: true, render: ({ order }) => order },
        ]}
        actions={actions}
        empty={{ title: t('emptyTitle'), text: t('emptyText'), action: add }}
      />
      <DetailForm of={open} onClose={() => setOpen(undefined)} />
    </PageShell>
  )
}

type Values = Body<'POST /openapi/userDetail/add'>

function DetailForm({ of, onClose }: { readonly of: Detail | 'new' | undefined; onClose(): void }) {
  const t = useText('userDetails')
  const { message } = App.useApp()
  const add = useTell('POST /openapi/userDetail/add')
  const edit = useTell('PUT /openapi/userDetail/edit/{id}')
  const detail = of === 'new' ? undefined : of

  async function submit({ name, ...body }: Values) {
    if (detail) await edit.mutateAsync({ params: { id: detail.id }, body })
    else await add.mutateAsync({ body: { name, ...body } })
    message.success(t('common:saved'))
  }
  return (
    <FormDrawer<Values>
      open={of !== undefined}
      onClose={onClose}
      title={detail ? t('editOf', { name: detail.title }) : t('add')}
      initial={detail ?? { type: 'text', required: false, order: 100 }}
      submit={submit}
    >
      <Form.Item name="title" label={t('fieldTitle')} extra={t('titleHint')} rules={[{ required: true }]}>
        <Input maxLength={64} autoFocus />
      </Form.Item>
      <Form.Item name="name" label={t('name')} extra={t('nameHint')} rules={[{ required: true }]}>
        <Input maxLength={32} disabled={detail !== undefined} autoComplete="off" />
      </Form.Item>
      <Form.Item name="type" label={t('type')} rules={[{ required: true }]}>
        <Select options={types.map((value) => ({ value, label: t(value) }))} />
      </Form.Item>
      <Form.Item name="required" label={t('required')} extra={t('requiredHint')} valuePropName="checked">
        <Switch />
      </Form.Item>
      <Form.Item name="order" label={t('order')} extra={t('orderHint')} rules={[{ required: true }]}>
        <InputNumber min={0} max={10_000} precision={0} style={{ width: 160 }} />
      </Form.Item>
    </FormDrawer>
  )
}
