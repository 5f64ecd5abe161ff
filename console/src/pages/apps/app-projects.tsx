// The projects whose data an app may reach.

import { Button, Flex, Form } from 'antd'
import { useState } from 'react'
import { useMay } from '../../api/me.ts'
import { useAsk, useTell } from '../../api/query.ts'
import type { RecordOf } from '../../api/types.ts'
import { useConfirm } from '../../components/confirm-action.tsx'
import { DataTable } from '../../components/data-table.tsx'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { RemoteSelect } from '../../components/remote-select.tsx'
import { useText } from '../../text/text.ts'
import type { AppInFull } from './app.tsx'
import { appNow } from './app-now.ts'
import { LastDay } from './last-day.tsx'

type Project = RecordOf<'GET /openapi/app/bind/{id}'>

export function AppProjects({ app }: { readonly app: AppInFull }) {
  const t = useText('apps')
  const may = useMay()
  const confirm = useConfirm()
  const bind = useTell('PUT /openapi/app/bind/{id}')
  const [isBinding, setBinding] = useState(false)
  async function change(to: (before: readonly number[]) => number[]) {
    const { projectIds } = await appNow(app)
    await bind.mutateAsync({ params: { id: app.id }, body: { projectIds: to(projectIds) } })
  }
  const add = may('bind-project') && (
    <Button type="primary" onClick={() => setBinding(true)}>
      {t('bind')}
    </Button>
  )
  const askToUnbind = ({ id, name }: Project) =>
    confirm({
      title: t('unbindOf', { name }),
      effect: (
        <>
          {t('unbindEffect')}
          <CallsByProject appId={app.id} />
        </>
      ),
      label: t('unbind'),
      act: () => change((before) => before.filter((one) => one !== id)),
    })
  return (
    <Flex vertical gap={12}>
      {app.projectIds.length > 0 && <div>{add}</div>}
      <DataTable
        of="GET /openapi/app/bind/{id}"
        params={{ id: app.id }}
        label={t('tabProjects')}
        columns={[
          { title: t('project'), render: ({ name }) => name },
          { title: t('code'), render: ({ code, id }) => <code>{code ?? id}</code> },
        ]}
        actions={(row) => (may('bind-project') ? [{ label: t('unbind'), danger: true, onClick: () => askToUnbind(row) }] : [])}
        // The list and the app are two answers, and one comes first.
        empty={{ title: t('noProjects'), text: t('noProjectsText'), action: app.projectIds.length === 0 && add }}
      />
      <FormDrawer<{ projectIds?: number[] }>
        open={isBinding}
        onClose={() => setBinding(false)}
        title={t('bind')}
        about={t('bindHint')}
        initial={{}}
        submit={({ projectIds = [] }) => change((before) => [...before, ...projectIds])}
      >
        <Form.Item name="projectIds" label={t('project')} rules={[{ required: true }]}>
          <RemoteSelect
            of="GET /openapi/project/page"
            by="name"
            multiple
            without={app.projectIds}
            labelOf={({ name, code, id }) => `${name} (${code ?? id})`}
          />
        </Form.Item>
      </FormDrawer>
    </Flex>
  )
}

/** Nobody counts calls by project, so those at all interfaces that ask for one are the most that it can be. */
function CallsByProject({ appId }: { readonly appId: number }) {
  const t = useText('apps')
  const { data } = useAsk('GET /openapi/app/config/{id}', { params: { id: appId }, query: { byProject: '1', size: 200 } })
  if (!data) return null
  const interfaceIds = data.records.map(({ id }) => id)
  return <LastDay appId={appId} interfaceIds={interfaceIds} words={(number) => t('calledByProject', { number })} />
}
