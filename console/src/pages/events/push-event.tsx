// Pushes an event to the apps that have its interface. What is written as JSON is sent as it is written: a number of twenty digits stays one.

import { App, Form, Input } from 'antd'
import { useMay } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { Body } from '../../api/types.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { RemoteSelect } from '../../components/remote-select.tsx'
import { useText } from '../../text/text.ts'

interface Values {
  interfaceId: number
  data: string
  appIds?: number[]
  projectId?: number
  idempotencyKey?: string
}

export function PushEvent({ open, onClose }: { readonly open: boolean; onClose(): void }) {
  const t = useText('events')
  const may = useMay()
  const { message } = App.useApp()
  const push = useTell('POST /openapi/event/push')
  async function submit({ data, appIds = [], idempotencyKey, ...rest }: Values) {
    const body = { ...rest, ...(appIds.length > 0 ? { appIds } : {}), ...(idempotencyKey ? { idempotencyKey } : {}) }
    const { eventId, deliveries } = await push.mutateAsync({ body: withMember(body, 'data', data) })
    message.success(t('pushed', { id: eventId, number: deliveries.length }))
  }
  return (
    <FormDrawer<Values>
      open={open}
      onClose={onClose}
      title={t('push')}
      about={t('pushAbout')}
      initial={{ data: '{}' }}
      submit={submit}
      submitLabel={t('push')}
    >
      <DownlinkField />
      <Form.Item
        name="data"
        label={t('data')}
        extra={t('dataHint')}
        rules={[{ required: true }, { validator: async (_, text: string) => JSON.parse(text || 'null'), message: t('dataWrong') }]}
      >
        <Input.TextArea rows={8} spellCheck={false} style={{ fontFamily: 'var(--ant-font-family-code)' }} />
      </Form.Item>
      {may('view-app') && (
        <Form.Item name="appIds" label={t('onlyApps')} extra={t('onlyAppsHint')}>
          <RemoteSelect of="GET /openapi/app/page" by="name" multiple labelOf={({ name, appId }) => `${name} (${appId})`} />
        </Form.Item>
      )}
      {may('view-project') && <ProjectField />}
      <Form.Item name="idempotencyKey" label={t('idempotencyKey')} extra={t('idempotencyHint')}>
        <Input maxLength={128} autoComplete="off" />
      </Form.Item>
    </FormDrawer>
  )
}

/** Those that events can go by: published, downlink. */
function DownlinkField() {
  const t = useText('events')
  return (
    <Form.Item name="interfaceId" label={t('downlink')} extra={t('downlinkHint')} rules={[{ required: true }]}>
      <RemoteSelect
        of="GET /openapi/interface/page"
        by="name"
        query={{ status: '1', type: '1' }}
        labelOf={({ name, path }) => `${name} (${path})`}
      />
    </Form.Item>
  )
}

function ProjectField() {
  const t = useText('events')
  return (
    <Form.Item name="projectId" label={t('onlyProject')}>
      <RemoteSelect of="GET /openapi/project/page" by="name" labelOf={({ name }) => name} />
    </Form.Item>
  )
}

/** The JSON of an object with one member more, whose JSON is there already. */
function withMember(object: object, name: string, json: string) {
  const others = JSON.stringify(object).slice(1, -1)
  return `{${others === '' ? '' : `${others},`}${JSON.stringify(name)}:${json}}` as unknown as Body<'POST /openapi/event/push'>
}
