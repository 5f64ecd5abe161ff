// What an interface is, but for its document, as fields of a form.

import { Button, Card, Col, Form, Input, InputNumber, Row, Select } from 'antd'
import type { ReactNode } from 'react'
import type { Body } from '../../api/types.ts'
import { RemoteSelect } from '../../components/remote-select.tsx'
import { isObject, parsed } from '../../json.ts'
import { useText } from '../../text/text.ts'
import { useServiceTypes } from '../service-types/use-service-types.ts'

export type Sent = Body<'POST /openapi/interface/add'>
/** As the form holds it. */
export type Values = Omit<Sent, 'paramSchema' | 'serviceType'> & { readonly paramSchema?: string; readonly serviceType: string }

const methods = ['GET', 'POST', 'PUT', 'DELETE']
const securities = ['token+sign', 'token', 'sign', 'none'] as const
const schemes = ['hmac-sha256', 'rfc9421', 'rsa2', 'sm2', 'openapi', 'auth-id', 'member']

export function Basics() {
  const t = useText('interfaces')
  const serviceTypes = useServiceTypes()
  return (
    <Section title={t('basics')}>
      <Field name="name" label={t('name')} rules={[{ required: true }]}>
        <Input maxLength={64} />
      </Field>
      <Field name="type" label={t('type')} required>
        <Select
          options={[
            { value: 0, label: t('uplink') },
            { value: 1, label: t('downlink') },
          ]}
        />
      </Field>
      <Field name="method" label={t('method')} required>
        <Select options={methods.map((value) => ({ value, label: value }))} />
      </Field>
      <Field
        name="path"
        label={t('path')}
        extra={t('pathHint')}
        rules={[{ required: true }, { pattern: /^\/[^\s?#]*$/, message: t('pathWrong') }]}
      >
        <Input maxLength={256} placeholder="/car/parking/{id}" />
      </Field>
      <Field name="version" label={t('version')} rules={[{ required: true }]}>
        <Input maxLength={16} />
      </Field>
      <Field name="serviceType" label={t('serviceType')} rules={[{ required: true }]}>
        <Select options={serviceTypes} />
      </Field>
      <Field name="remark" label={t('remark')} extra={t('remarkHint')} isWide>
        <Input.TextArea maxLength={255} rows={2} />
      </Field>
    </Section>
  )
}

export function Forwarding() {
  const t = useText('interfaces')
  const isUplink = Form.useWatch('type') !== 1
  if (!isUplink)
    return (
      <Section title={t('forwarding')}>
        <Field name="ownerAppId" label={t('owner')} extra={t('ownerHint')}>
          <InputNumber min={1} precision={0} style={{ width: '100%' }} />
        </Field>
      </Section>
    )
  return (
    <Section title={t('forwarding')}>
      <Field name="serviceId" label={t('service')} extra={t('serviceHint')}>
        <RemoteSelect
          of="GET /openapi/service/page"
          by="name"
          labelOf={({ name, targets }) => `${name} (${targets.map(({ url }) => url).join(', ')})`}
          allowClear={false}
        />
      </Field>
      <Field name="upstreamPath" label={t('upstreamPath')} extra={t('upstreamPathHint')}>
        <Input maxLength={256} />
      </Field>
    </Section>
  )
}

export function Protection() {
  const t = useText('interfaces')
  return (
    <Section title={t('protection')}>
      <Field name="security" label={t('security')} required>
        <Select options={securities.map((value) => ({ value, label: t(value) }))} />
      </Field>
      <Field name="schemes" label={t('schemes')} extra={t('schemesHint')}>
        <Select mode="multiple" options={schemes.map((value) => ({ value, label: value }))} />
      </Field>
      <Field name="projectParam" label={t('projectParam')} extra={t('projectParamHint')}>
        <Input maxLength={64} />
      </Field>
      <Field name="visibility" label={t('visibility')} required>
        <Select
          options={[
            { value: 'public', label: t('public') },
            { value: 'internal', label: t('internal') },
          ]}
        />
      </Field>
      <Field name="approval" label={t('approval')} required>
        <Select
          options={[
            { value: 'manual', label: t('manual') },
            { value: 'auto', label: t('auto') },
          ]}
        />
      </Field>
    </Section>
  )
}

export function Limits() {
  const t = useText('interfaces')
  return (
    <Section title={t('limits')}>
      <Field name="limitCount" label={t('limitCount')} extra={t('limitCountHint')}>
        <InputNumber min={0} max={10_000_000} precision={0} style={{ width: '100%' }} />
      </Field>
      <Field name="limitAction" label={t('limitAction')} required>
        <Select
          options={[
            { value: 'refuse', label: t('refuse') },
            { value: 'disable', label: t('disableIt') },
          ]}
        />
      </Field>
      <Field name="concurrency" label={t('concurrency')} extra={t('concurrencyHint')}>
        <InputNumber min={0} max={1_000_000} precision={0} style={{ width: '100%' }} />
      </Field>
      <Field name="deprecationTime" label={t('deprecationTime')} extra={t('timeHint')} rules={[wireTime(t('timeWrong'))]}>
        <Input placeholder="2027-01-01 00:00:00" />
      </Field>
      <Field name="sunsetTime" label={t('sunsetTime')} rules={[wireTime(t('timeWrong'))]}>
        <Input placeholder="2027-07-01 00:00:00" />
      </Field>
    </Section>
  )
}

export function Parameters() {
  const t = useText('interfaces')
  const form = Form.useFormInstance<Values>()
  return (
    <Section
      title={t('parameters')}
      extra={
        <Button size="small" onClick={() => form.setFieldValue('paramSchema', example)}>
          {t('schemaTemplate')}
        </Button>
      }
    >
      <Field name="paramSchema" label={t('paramSchema')} extra={t('paramSchemaHint')} isWide rules={[json(t('paramSchemaWrong'))]}>
        <Input.TextArea rows={12} spellCheck={false} style={{ fontFamily: 'var(--ant-font-family-code)', fontSize: 13 }} />
      </Field>
    </Section>
  )
}

const example = JSON.stringify(
  {
    type: 'object',
    required: ['plate'],
    properties: {
      plate: { type: 'string', maxLength: 10, description: '车牌号' },
      minutes: { type: 'integer', minimum: 1, maximum: 1440 },
    },
  },
  null,
  2,
)

const wireTime = (message: string) => ({ pattern: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, message })

const json = (message: string) => ({
  validator: async (_: unknown, text: string | undefined) => {
    if (text?.trim() && !isObject(parsed(text))) throw new Error(message)
  },
})

function Section({ title, extra, children }: { readonly title: string; readonly extra?: ReactNode; readonly children: ReactNode }) {
  return (
    <Card title={<h2 style={{ font: 'inherit', margin: 0 }}>{title}</h2>} extra={extra} size="small">
      {/* Its fields keep room below for what may be wrong with them, beside the card's own. */}
      <Row gutter={24} style={{ marginBottom: -12 }}>
        {children}
      </Row>
    </Card>
  )
}

interface FieldProps extends React.ComponentProps<typeof Form.Item<Values>> {
  readonly isWide?: boolean
}

function Field({ isWide = false, ...item }: FieldProps) {
  return (
    <Col xs={24} lg={isWide ? 24 : 8} md={isWide ? 24 : 12}>
      <Form.Item<Values> {...item} />
    </Col>
  )
}
