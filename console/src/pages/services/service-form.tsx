import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { App, Button, Flex, Form, Input, InputNumber, Select, Switch } from 'antd'
import { useTell } from '../../api/query.ts'
import type { Body } from '../../api/types.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { useText } from '../../text/text.ts'
import type { Service } from './services.tsx'

type Values = Body<'POST /openapi/service/add'> & { checks: boolean }

const balances = ['round_robin', 'random', 'least_conn', 'hash'] as const
const usual = {
  targets: [{ url: '', weight: 1 }],
  balance: 'round_robin',
  connectTimeoutMs: 2_000,
  timeoutMs: 30_000,
  retries: 1,
  passAuthorization: false,
  checks: false,
} as const
const usualCheck = { path: '/healthz', intervalMs: 5_000, timeoutMs: 1_000, healthyAfter: 2, unhealthyAfter: 3 }

export function ServiceForm({ of, onClose }: { readonly of: Service | 'new' | undefined; onClose(): void }) {
  const t = useText('services')
  const { message } = App.useApp()
  const add = useTell('POST /openapi/service/add')
  const edit = useTell('PUT /openapi/service/edit/{id}')
  const service = of === 'new' ? undefined : of

  async function submit({ checks, healthCheck, ...values }: Values) {
    const body = { ...values, healthCheck: checks ? healthCheck : null }
    if (service) await edit.mutateAsync({ params: { id: service.id }, body })
    else await add.mutateAsync({ body })
    message.success(service ? t('common:saved') : t('added', { name: values.name }))
  }
  const initial: Partial<Values> = service
    ? { ...service, checks: service.healthCheck != null, healthCheck: service.healthCheck ?? usualCheck }
    : { ...usual, targets: [...usual.targets], healthCheck: usualCheck }
  return (
    <FormDrawer<Values>
      open={of !== undefined}
      onClose={onClose}
      title={service ? t('editOf', { name: service.name }) : t('add')}
      width={640}
      initial={initial}
      submit={submit}
    >
      <Form.Item name="name" label={t('name')} rules={[{ required: true }, { max: 64 }]}>
        <Input maxLength={64} autoFocus />
      </Form.Item>
      <Targets />
      <Form.Item name="balance" label={t('balance')} required>
        <Select options={balances.map((value) => ({ value, label: t(value) }))} />
      </Form.Item>
      <Flex wrap gap={16}>
        <Milliseconds name="connectTimeoutMs" label={t('connectTimeoutMs')} />
        <Milliseconds name="timeoutMs" label={t('timeoutMs')} extra={t('timeoutHint')} />
        <Form.Item name="retries" label={t('retries')} extra={t('retriesHint')} required style={{ flex: '1 1 160px' }}>
          <InputNumber min={0} max={5} precision={0} style={{ width: '100%' }} />
        </Form.Item>
      </Flex>
      <Form.Item name="checks" label={t('checks')} extra={t('checksHint')} required valuePropName="checked">
        <Switch />
      </Form.Item>
      <Form.Item<Values> noStyle shouldUpdate={(before, after) => before.checks !== after.checks}>
        {({ getFieldValue }) => getFieldValue('checks') && <Checks />}
      </Form.Item>
      <Form.Item name="passAuthorization" label={t('passAuthorization')} extra={t('passHint')} required valuePropName="checked">
        <Switch />
      </Form.Item>
      <Form.Item name="remark" label={t('remark')}>
        <Input.TextArea maxLength={255} showCount rows={3} />
      </Form.Item>
    </FormDrawer>
  )
}

function Targets() {
  const t = useText('services')
  return (
    <Form.Item label={t('targets')} extra={t('targetsHint')} required>
      <Form.List name="targets">
        {(fields, { add, remove }) => (
          <Flex vertical gap={8}>
            {fields.map(({ key, name }, at) => (
              <Flex key={key} gap={8} align="flex-start">
                <Form.Item
                  name={[name, 'url']}
                  style={{ flex: 1, margin: 0 }}
                  rules={[{ required: true }, { pattern: /^https?:\/\/[^/?#@\s]+\/?$/, message: t('originWrong') }]}
                >
                  <Input inputMode="url" placeholder="http://10.0.0.8:8080" aria-label={t('targetUrl', { number: at + 1 })} />
                </Form.Item>
                <Form.Item name={[name, 'weight']} style={{ margin: 0 }} initialValue={1}>
                  <InputNumber min={1} max={1000} precision={0} prefix={t('weight')} aria-label={t('targetWeight', { number: at + 1 })} />
                </Form.Item>
                <Button
                  type="text"
                  icon={<DeleteOutlined />}
                  disabled={fields.length === 1}
                  aria-label={t('removeTarget', { number: at + 1 })}
                  onClick={() => remove(name)}
                />
              </Flex>
            ))}
            <Button type="dashed" icon={<PlusOutlined />} onClick={() => add({ url: '', weight: 1 })}>
              {t('addTarget')}
            </Button>
          </Flex>
        )}
      </Form.List>
    </Form.Item>
  )
}

function Checks() {
  const t = useText('services')
  return (
    <Flex wrap gap={16}>
      <Form.Item
        name={['healthCheck', 'path']}
        label={t('checkPath')}
        rules={[{ required: true }, { pattern: /^\// }]}
        style={{ flex: '1 1 200px' }}
      >
        <Input maxLength={256} />
      </Form.Item>
      <Milliseconds name={['healthCheck', 'intervalMs']} label={t('intervalMs')} />
      <Milliseconds name={['healthCheck', 'timeoutMs']} label={t('checkTimeoutMs')} />
      <Times name={['healthCheck', 'healthyAfter']} label={t('healthyAfter')} />
      <Times name={['healthCheck', 'unhealthyAfter']} label={t('unhealthyAfter')} />
    </Flex>
  )
}

interface NumberFieldProps {
  readonly name: string | string[]
  readonly label: string
  readonly extra?: string
}

function Milliseconds({ name, label, extra }: NumberFieldProps) {
  return (
    <Form.Item name={name} label={label} extra={extra} rules={[{ required: true }]} style={{ flex: '1 1 160px' }}>
      <InputNumber min={1} max={600_000} precision={0} style={{ width: '100%' }} />
    </Form.Item>
  )
}

function Times({ name, label }: NumberFieldProps) {
  return (
    <Form.Item name={name} label={label} rules={[{ required: true }]} style={{ flex: '1 1 160px' }}>
      <InputNumber min={1} max={100} precision={0} style={{ width: '100%' }} />
    </Form.Item>
  )
}
