// As which app somebody reads: samples have its appId, trials are signed by its secret.

import { Flex, Select, Typography } from 'antd'
import { useMayOwn } from '../../api/me.ts'
import { useAsk } from '../../api/query.ts'
import type { RecordOf } from '../../api/types.ts'
import { useText } from '../../text/text.ts'

export type OwnApp = RecordOf<'GET /openapi/app/page'>

export function useOwnApps(): readonly OwnApp[] {
  const may = useMayOwn()
  const { data } = useAsk('GET /openapi/app/page', { query: { size: 200 } }, { staleTime: 60_000, enabled: may('view-app') })
  return data?.records ?? []
}

interface OwnAppProps {
  readonly apps: readonly OwnApp[]
  readonly chosen: OwnApp | undefined
  choose(app: OwnApp | undefined): void
}

export function OwnAppSelect({ apps, chosen, choose }: OwnAppProps) {
  const t = useText('docs')
  if (apps.length === 0) return <Typography.Text type="secondary">{t('noApps')}</Typography.Text>
  const labelOf = ({ name, appId, status }: OwnApp) => `${name} · ${appId}${status === 0 ? '' : ` ${t('appDisabled')}`}`
  return (
    <Flex wrap gap={8} align="center">
      <Typography.Text>{t('app')}</Typography.Text>
      <Select
        aria-label={t('app')}
        style={{ minWidth: 220, flex: '0 1 360px' }}
        showSearch={{ optionFilterProp: 'label' }}
        value={chosen?.id}
        options={apps.map((app) => ({ value: app.id, label: labelOf(app) }))}
        onChange={(id) => choose(apps.find((app) => app.id === id))}
      />
      <Typography.Text type="secondary">{t('appHint')}</Typography.Text>
    </Flex>
  )
}
