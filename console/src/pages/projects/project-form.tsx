import { Alert, App, Form, Input } from 'antd'
import { useTell } from '../../api/query.ts'
import type { Body } from '../../api/types.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { useText } from '../../text/text.ts'
import type { Project } from './projects.tsx'

type Values = Body<'POST /openapi/project/add'>

export function ProjectForm({ of, onClose }: { readonly of: Project | 'new' | undefined; onClose(): void }) {
  const t = useText('projects')
  const { message } = App.useApp()
  const add = useTell('POST /openapi/project/add')
  const edit = useTell('PUT /openapi/project/edit/{id}')
  const project = of === 'new' ? undefined : of
  const isPulled = project !== undefined && project.sourceId !== null

  async function submit({ name, code, remark }: Values) {
    if (project) await edit.mutateAsync({ params: { id: project.id }, body: isPulled ? { remark } : { name, code: code || null, remark } })
    else await add.mutateAsync({ body: { name, code: code || null, remark } })
    message.success(project ? t('common:saved') : t('added', { name }))
  }
  return (
    <FormDrawer<Values>
      open={of !== undefined}
      onClose={onClose}
      title={project ? t('editOf', { name: project.name }) : t('add')}
      initial={project ? { name: project.name, code: project.code, remark: project.remark } : {}}
      submit={submit}
    >
      {isPulled && <Alert type="info" showIcon title={t('pulledHint')} style={{ marginBottom: 16 }} />}
      <Form.Item name="name" label={t('name')} rules={[{ required: true }, { max: 64 }]}>
        <Input maxLength={64} disabled={isPulled} autoFocus />
      </Form.Item>
      <Form.Item
        name="code"
        label={t('code')}
        extra={t('codeHint')}
        rules={[{ pattern: /^[A-Za-z0-9._:-]{1,64}$/, message: t('codeWrong') }]}
      >
        <Input maxLength={64} disabled={isPulled} />
      </Form.Item>
      <Form.Item name="remark" label={t('remark')}>
        <Input.TextArea maxLength={255} showCount rows={3} />
      </Form.Item>
    </FormDrawer>
  )
}
