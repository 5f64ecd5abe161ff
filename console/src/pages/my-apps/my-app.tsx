// One app as its developer has it: how it does, what it may call, its keys, its calls, its events.

import { useParams } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { useAsk } from '../../api/query.ts'
import { PageShell } from '../../components/page-shell.tsx'
import { Problem } from '../../components/problem.tsx'
import { Sections } from '../../components/sections.tsx'
import { useText } from '../../text/text.ts'
import { AppCredentials } from '../apps/app-credentials.tsx'
import { AppTitle } from '../apps/app-logo.tsx'
import { AppSignIn } from '../apps/app-sign-in.tsx'
import { AppStatus } from '../apps/app-state.tsx'
import { AppEvents } from '../events/app-events.tsx'
import { OwnBasics } from './own-basics.tsx'
import { OwnCalls } from './own-calls.tsx'
import { OwnInterfaces } from './own-interfaces.tsx'

export function Page() {
  const t = useText('mine')
  const { id = '' } = useParams({ strict: false }) as { id?: string }
  const { data: app, error, refetch } = useAsk('GET /openapi/app/{id}', { params: { id } })
  if (error && !app) return <Problem error={error} retry={refetch} />
  if (!app) return <Skeleton active />
  return (
    <PageShell title={<AppTitle app={app} />} about={<AppStatus app={app} />}>
      <Sections
        label={t('detail')}
        sections={[
          { key: 'overview', label: t('tabOverview'), content: <OwnBasics app={app} /> },
          { key: 'interfaces', label: t('tabInterfaces'), content: <OwnInterfaces app={app} /> },
          { key: 'credentials', label: t('tabCredentials'), content: <AppCredentials app={app} /> },
          { key: 'signIn', label: t('appSignIn:tab'), content: <AppSignIn app={app} /> },
          { key: 'calls', label: t('tabCalls'), content: <OwnCalls app={app} /> },
          { key: 'events', label: t('events:appEvents'), content: <AppEvents app={app} /> },
        ]}
      />
    </PageShell>
  )
}
