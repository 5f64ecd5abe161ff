// Pushes an event to the apps that have its interface. What is written as JSON is sent as it is written: a number of twenty digits stays one.

import { App, Form, Input, Select } from 'antd'
import { useAsk, useTell } from '../../api/query.ts'
import type { Body } from '../../api/types.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { useText } from '../../text/text.ts'

interface Values {
  interfaceId: number
  data: string
  appIds?: string[]
  projectId?: number
  idempotencyKey?: string
}

export function PushEvent({ open, onClose }: { readonly open: boolean; onClose(): void }) {
  const t = useText('events')
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
      <Form.Item name="appIds" label={t('onlyApps')} extra={t('onlyAppsHint')}>
        <Select mode="tags" tokenSeparators={[',', ' ', '\n']} open={false} suffixIcon={null} />
      </Form.Item>
      <ProjectField />
      <Form.Item name="idempotencyKey" label={t('idempotencyKey')} extra={t('idempotencyHint')}>
        <Input maxLength={128} autoComplete="off" />
      </Form.Item>
    </FormDrawer>
  )
}

/** Those that events can go by: published, downlink. */
function DownlinkField() {
  const t = useText('events')
  const { data, isPending } = useAsk('GET /openapi/interface/page', { query: { status: '1', size: 200 } })
  const options = (data?.records ?? [])
    .filter(({ type }) => type === 1)
    .map(({ id, name, path }) => ({ value: id, label: `${name} (${path})` }))
  return (
    <Form.Item name="interfaceId" label={t('downlink')} extra={t('downlinkHint')} rules={[{ required: true }]}>
      <Select options={options} loading={isPending} showSearch={{ optionFilterProp: 'label' }} notFoundContent={t('noDownlink')} />
    </Form.Item>
  )
}

function ProjectField() {
  const t = useText('events')
  const { data, isPending } = useAsk('GET /openapi/project/page', { query: { size: 200 } })
  const options = (data?.records ?? []).map(({ id, name }) => ({ value: id, label: name }))
  return (
    <Form.Item name="projectId" label={t('onlyProject')}>
      <Select options={options} loading={isPending} allowClear showSearch={{ optionFilterProp: 'label' }} />
    </Form.Item>
  )
}

/** The JSON of an object with one member more, whose JSON is there already. */
function withMember(object: object, name: string, json: string) {
  const others = JSON.stringify(object).slice(1, -1)
  return `{${others === '' ? '' : `${others},`}${JSON.stringify(name)}:${json}}` as unknown as Body<'POST /openapi/event/push'>
}
