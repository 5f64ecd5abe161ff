// Granting interfaces to an app: some by name, all of a service type, or all there are. Those that it has keep their limits.

import { App as AntApp, Form, Radio, Select } from 'antd'
import { ask } from '../../api/ask.ts'
import { useAsk, useTell } from '../../api/query.ts'
import type { RecordOf } from '../../api/types.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { RemoteSelect } from '../../components/remote-select.tsx'
import { useText } from '../../text/text.ts'
import { useServiceTypes } from '../service-types/use-service-types.ts'
import type { AppInFull } from './app.tsx'
import { appNow } from './app-now.ts'

interface Values {
  readonly which: 'some' | 'kind' | 'all'
  readonly interfaceIds?: number[]
  readonly serviceType?: string
}

export function GrantInterfaces({ app, open, onClose }: { readonly app: AppInFull; readonly open: boolean; onClose(): void }) {
  const t = useText('apps')
  const { message } = AntApp.useApp()
  const grant = useTell('PUT /openapi/app/config/{id}')
  async function submit({ which, interfaceIds = [], serviceType }: Values) {
    const chosen = which === 'some' ? interfaceIds : await grantable(app, which === 'kind' ? serviceType : undefined)
    const before = (await appNow(app)).interfaceIds
    const all = new Set([...before, ...chosen])
    await grant.mutateAsync({ params: { id: app.id }, body: { interfaceIds: [...all] } })
    message.success(t('granted', { number: all.size - before.length }))
  }
  const kinds = [
    { value: 'some', label: t('grantSome') },
    { value: 'kind', label: t('grantKind') },
    { value: 'all', label: t('grantAll') },
  ]
  return (
    <FormDrawer<Values> open={open} onClose={onClose} title={t('grant')} about={t('grantHint')} initial={{ which: 'some' }} submit={submit}>
      <Form.Item name="which" label={t('grantWhich')} rules={[{ required: true }]}>
        <Radio.Group vertical options={kinds} />
      </Form.Item>
      <Chosen app={app} />
    </FormDrawer>
  )
}

function Chosen({ app }: { readonly app: AppInFull }) {
  const t = useText('apps')
  const types = useServiceTypes()
  const which: Values['which'] = Form.useWatch('which') ?? 'some'
  const serviceType: string | undefined = Form.useWatch('serviceType')
  if (which === 'all') return <HowMany />
  if (which === 'some') {
    return (
      <Form.Item name="interfaceIds" label={t('interfaces')} rules={[{ required: true }]}>
        <RemoteSelect
          of="GET /openapi/interface/page"
          by="name"
          multiple
          without={app.interfaceIds}
          labelOf={({ name, method, path, version }) => `${name} · ${method} ${path} · ${version}`}
        />
      </Form.Item>
    )
  }
  return (
    <>
      <Form.Item name="serviceType" label={t('serviceKind')} rules={[{ required: true }]}>
        <Select options={types} showSearch={{ optionFilterProp: 'label' }} />
      </Form.Item>
      {serviceType && <HowMany serviceType={serviceType} />}
    </>
  )
}

/** How many it is about, before they are granted. */
function HowMany({ serviceType }: { readonly serviceType?: string }) {
  const t = useText('apps')
  const { data } = useAsk('GET /openapi/interface/page', { query: { ...published, serviceType, size: 1 } })
  return <p role="status">{data && t('grantNumber', { number: data.total.toLocaleString() })}</p>
}

const published = { status: '1' }

/** Ids of the published ones that it may have. */
async function grantable(app: AppInFull, serviceType: string | undefined): Promise<number[]> {
  const found: RecordOf<'GET /openapi/interface/page'>[] = []
  for (let current = 1, pages = 1; current <= pages; current++) {
    const page = await ask('GET /openapi/interface/page', { query: { ...published, serviceType, current, size: 200 } })
    found.push(...page.records)
    pages = page.pages
  }
  return found.filter(({ visibility }) => app.internal || visibility !== 'internal').map(({ id }) => id)
}
