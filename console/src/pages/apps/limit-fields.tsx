// How often: fields that an app as a whole and an app at one interface have alike.

import { Form, InputNumber } from 'antd'
import { useText } from '../../text/text.ts'

export interface Limits {
  readonly limitCount?: number | null
  readonly dayQuota?: number | null
  readonly monthQuota?: number | null
}

export function LimitFields() {
  const t = useText('apps')
  return (['limitCount', 'dayQuota', 'monthQuota'] as const).map((name) => (
    <Form.Item key={name} name={name} label={t(name)}>
      <InputNumber min={0} max={2_147_483_647} precision={0} placeholder={t('unlimited')} style={{ width: '100%' }} />
    </Form.Item>
  ))
}

/** An emptied field lifts the limit, which the API says by 0. */
export const limitsToSend = ({ limitCount, dayQuota, monthQuota }: Limits) => ({
  limitCount: limitCount ?? 0,
  dayQuota: dayQuota ?? 0,
  monthQuota: monthQuota ?? 0,
})
