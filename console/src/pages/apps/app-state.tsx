// Whether an app's calls are taken, and until when.

import type { RecordOf } from '../../api/types.ts'
import { StatusTag } from '../../components/status-tag.tsx'
import { Time } from '../../components/time.tsx'
import { useText } from '../../text/text.ts'

type Stated = Pick<RecordOf<'GET /openapi/app/page'>, 'status' | 'expirationTime' | 'expiresInDays'>

export function AppStatus({ app }: { readonly app: Stated }) {
  const t = useText('apps')
  if (app.status === 1) return <StatusTag mood="idle">{t('common:disabled')}</StatusTag>
  if (app.expiresInDays === 0) return <StatusTag mood="bad">{t('expired')}</StatusTag>
  return <StatusTag mood="good">{t('common:enabled')}</StatusTag>
}

/** Soon is when its owner is told of it as well. */
const soonDays = 30

export function AppExpiry({ app: { expirationTime, expiresInDays } }: { readonly app: Stated }) {
  const t = useText('apps')
  if (expirationTime === null) return t('common:never')
  const isSoon = expiresInDays !== null && expiresInDays > 0 && expiresInDays <= soonDays
  return (
    <span>
      <Time at={expirationTime} />
      {isSoon && <div style={{ color: 'var(--ant-color-warning)', fontSize: 12 }}>{t('expiresSoon', { days: expiresInDays })}</div>}
    </span>
  )
}
