// When an app ends: at a date and time, some usual while from now, or never.

import { Alert, App as AntApp, Button, Flex, Form, Input } from 'antd'
import { useMe } from '../../api/me.ts'
import { useTell } from '../../api/query.ts'
import { FormDrawer } from '../../components/form-drawer.tsx'
import { asLocal, fromLocal, wireTime } from '../../components/wire-time.ts'
import { useText } from '../../text/text.ts'
import type { AppInFull } from './app.tsx'

interface Values {
  /** As the field for date and time has it; empty is never. */
  readonly local: string
}

export function SetExpiry({ app, open, onClose }: { readonly app: AppInFull; readonly open: boolean; onClose(): void }) {
  const t = useText('apps')
  const { timeZone } = useMe()
  const { message } = AntApp.useApp()
  const set = useTell('PUT /openapi/app/expiration/{id}')
  async function submit({ local }: Values) {
    await set.mutateAsync({ params: { id: app.id }, body: { expirationTime: fromLocal(local) ?? null } })
    message.success(t('common:saved'))
  }
  return (
    <FormDrawer<Values>
      open={open}
      onClose={onClose}
      title={t('setExpiry')}
      about={t('expiryHint')}
      initial={{ local: asLocal(app.expirationTime ?? '') }}
      submit={submit}
    >
      <Form.Item name="local" label={t('expiry')} extra={t('common:zoneOf', { timeZone })}>
        <Expiry />
      </Form.Item>
    </FormDrawer>
  )
}

const dayMs = 86_400_000
const usual = { in30Days: 30 * dayMs, in90Days: 90 * dayMs, inAYear: 365 * dayMs } as const

/** `id`, `value` and `onChange` come from `Form.Item`. */
function Expiry({ id, value = '', onChange }: { readonly id?: string; readonly value?: string; onChange?(value: string): void }) {
  const t = useText('apps')
  const { timeZone } = useMe()
  const after = (ms: number) => asLocal(wireTime(Date.now() + ms, timeZone))
  const isOver = value !== '' && value <= after(0)
  return (
    <Flex vertical gap={12}>
      <Input
        id={id}
        type="datetime-local"
        step={1}
        min="2000-01-01T00:00:00"
        value={value}
        onChange={({ target }) => onChange?.(target.value)}
      />
      <Flex wrap gap={8}>
        {(Object.keys(usual) as (keyof typeof usual)[]).map((name) => (
          <Button key={name} size="small" onClick={() => onChange?.(after(usual[name]))}>
            {t(name)}
          </Button>
        ))}
        <Button size="small" onClick={() => onChange?.('')}>
          {t('common:never')}
        </Button>
      </Flex>
      <div role="status">
        {value === '' && t('neverExpires')}
        {isOver && <Alert type="warning" showIcon title={t('endsAtOnce')} />}
      </div>
    </Flex>
  )
}
