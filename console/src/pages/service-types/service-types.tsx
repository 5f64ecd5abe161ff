// Kinds of business that interfaces are about, in both languages.

import { App, Button, Form, Input, InputNumber } from 'antd'
import { useState } from 'react'
import { useTell } from '../../api/query.ts'
import type { Body, RecordOf } from '../../api/types.ts'
import { DataTable } from '../../components/data-table.tsx'
import { useDeletion } from '../../components/deletion.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import type { Action } from '../../components/row-actions.tsx'
import { useLanguage, useText } from '../../text/text.ts'

type ServiceType = RecordOf<'GET /openapi/serviceType/page'>

export function Page() {
  const t = useText('serviceTypes')
  const language = useLanguage()
  const deletion = useDeletion()
  const remove = useTell('DELETE /openapi/serviceType/delete/{id}')
  const [open, setOpen] = useState<ServiceType | 'new'>()

  function actions(type: ServiceType): Action[] {
    const drop = deletion({
      title: t('deleteOf', { name: language === 'en' ? type.titleEn : type.titleZh }),
      effect: t('deleteEffect'),
      act: () => remove.mutateAsync({ params: { id: type.id } }),
    })
    return [{ label: t('common:edit'), onClick: () => setOpen(type) }, drop]
  }

  const add = (
    <Button type="primary" onClick={() => setOpen('new')}>
      {t('add')}
    </Button>
  )
  return (
    <PageShell title={t('title')} about={t('about')} actions={add}>
      <DataTable
        of="GET /openapi/serviceType/page"
        label={t('title')}
        filters={[{ name: 'title', label: t('search') }]}
        columns={[
          { title: t('titleZh'), render: ({ titleZh }) => <span lang="zh-CN">{titleZh}</span> },
          { title: t('titleEn'), render: ({ titleEn }) => <span lang="en">{titleEn}</span> },
          { title: t('number'), isNumber: true, render: ({ id }) => id },
        ]}
        actions={actions}
        empty={{ title: t('emptyTitle'), text: t('emptyText'), action: add }}
      />
      <TypeForm of={open} onClose={() => setOpen(undefined)} />
    </PageShell>
  )
}

type Values = Body<'POST /openapi/serviceType/add'>

function TypeForm({ of, onClose }: { readonly of: ServiceType | 'new' | undefined; onClose(): void }) {
  const t = useText('serviceTypes')
  const { message } = App.useApp()
  const add = useTell('POST /openapi/serviceType/add')
  const edit = useTell('PUT /openapi/serviceType/edit/{id}')
  const type = of === 'new' ? undefined : of

  async function submit({ id, titleZh, titleEn }: Values) {
    if (type) await edit.mutateAsync({ params: { id: type.id }, body: { titleZh, titleEn } })
    else await add.mutateAsync({ body: { id: id ?? null, titleZh, titleEn } })
    message.success(t('common:saved'))
  }
  return (
    <FormDrawer<Values>
      open={of !== undefined}
      onClose={onClose}
      title={type ? t('editOf', { number: type.id }) : t('add')}
      initial={type ?? {}}
      submit={submit}
    >
      <Form.Item name="titleZh" label={t('titleZh')} rules={[{ required: true }]}>
        <Input maxLength={64} autoFocus />
      </Form.Item>
      <Form.Item name="titleEn" label={t('titleEn')} rules={[{ required: true }]}>
        <Input maxLength={64} />
      </Form.Item>
      {!type && (
        <Form.Item name="id" label={t('number')} extra={t('numberHint')}>
          <InputNumber min={1} max={1_000_000} precision={0} style={{ width: 160 }} />
        </Form.Item>
      )}
    </FormDrawer>
  )
}
