// Which events of the platform itself an app gets.

import { App, Button, Checkbox, Flex, Form, Tag, Typography } from 'antd'
import { useState } from 'react'
import { useMayOwn } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import type { Body } from '../../api/types.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { Panel } from '../../components/panel.tsx'
import { useText } from '../../text/text.ts'
import type { EventApp } from './app-events.tsx'

type Type = NonNullable<Body<'PUT /openapi/event/choice/{id}'>['platformEvents']>[number]

const titles = {
  'app.enabled': 'on_app_enabled',
  'app.disabled': 'on_app_disabled',
  'app.expiring': 'on_app_expiring',
  'app.secret_reset': 'on_app_secret_reset',
  'quota.warning': 'on_quota_warning',
  'quota.reached': 'on_quota_reached',
  'interface.published': 'on_interface_published',
  'interface.deprecated': 'on_interface_deprecated',
} as const satisfies Record<Type, string>
const types = Object.keys(titles) as Type[]

interface Values {
  readonly platformEvents: Type[]
}

export function Subscriptions({ app, chosen }: { readonly app: EventApp; readonly chosen: readonly string[] }) {
  const t = useText('events')
  const may = useMayOwn()
  const { message } = App.useApp()
  const choose = useTell('PUT /openapi/event/choice/{id}')
  const [isChoosing, setChoosing] = useState(false)
  async function submit({ platformEvents }: Values) {
    await choose.mutateAsync({ params: { id: app.id }, body: { platformEvents } })
    message.success(t('common:saved'))
  }
  const edit = may('edit-app') && (
    <Button size="small" onClick={() => setChoosing(true)}>
      {t('choose')}
    </Button>
  )
  return (
    <Panel title={t('subscriptions')} extra={edit}>
      <Flex vertical gap={8}>
        <Typography.Text type="secondary">{t('subscriptionsAbout')}</Typography.Text>
        <Flex wrap gap={4}>
          {chosen.length === 0 && t('noSubscriptions')}
          {chosen.map((type) => (
            <Tag key={type} style={{ fontFamily: 'var(--ant-font-family-code)' }}>
              {type}
            </Tag>
          ))}
        </Flex>
      </Flex>
      <FormDrawer<Values>
        open={isChoosing}
        onClose={() => setChoosing(false)}
        title={t('subscriptions')}
        about={`${t('subscriptionsAbout')} ${t('chooseEffect')}`}
        initial={{ platformEvents: types.filter((type) => chosen.includes(type)) }}
        submit={submit}
      >
        <Form.Item name="platformEvents" label={t('subscriptions')}>
          <Checkbox.Group>
            <Flex vertical gap={12}>
              {types.map((type) => (
                <Checkbox key={type} value={type}>
                  <code>{type}</code>
                  <Typography.Text type="secondary" style={{ display: 'block' }}>
                    {t(titles[type])}
                  </Typography.Text>
                </Checkbox>
              ))}
            </Flex>
          </Checkbox.Group>
        </Form.Item>
      </FormDrawer>
    </Panel>
  )
}
