// The apps of a developer, and how they do today.

import { AppLink } from '../../components/app-name.tsx'
import { TextLink } from '../../components/link.tsx'
import { SmallTable } from '../../components/small-table.tsx'
import { useText } from '../../text/text.ts'
import { AppExpiry, AppStatus } from '../apps/app-state.tsx'
import type { OwnApp, Totals } from './own-overview.tsx'

const shownMax = 8

export function OwnApps({ apps, today }: { readonly apps: readonly OwnApp[]; readonly today: Totals }) {
  const t = useText('home')
  const counts = new Map(today.groups.map((one) => [one.id, one]))
  const count = (id: number, name: 'calls' | 'refused' | 'failed') => (counts.get(id)?.[name] ?? 0).toLocaleString()
  return (
    <SmallTable
      title={t('mine:title')}
      label={t('mine:title')}
      extra={<TextLink to="/my/apps">{t('allApps')}</TextLink>}
      rows={apps.slice(0, shownMax)}
      keyOf={({ id }) => id}
      columns={[
        {
          title: t('mine:name'),
          render: (app) => (
            <div style={{ minWidth: 120 }}>
              <AppLink of={app} />
            </div>
          ),
        },
        { title: t('mine:status'), render: (app) => <AppStatus app={app} /> },
        { title: t('callsToday'), isNumber: true, render: ({ id }) => count(id, 'calls') },
        { title: t('refusedToday'), isNumber: true, render: ({ id }) => count(id, 'refused') },
        { title: t('failedToday'), isNumber: true, render: ({ id }) => count(id, 'failed') },
        { title: t('mine:expiry'), render: (app) => <AppExpiry app={app} /> },
      ]}
    />
  )
}
