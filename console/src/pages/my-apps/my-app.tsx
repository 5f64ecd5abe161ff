// One app as its developer has it: how it does, what it may call, its keys, its calls, its events.

import { useParams } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { useAsk } from '../../api/query.ts'
import { PageShell } from '../../components/page-shell.tsx'
import { Problem } from '../../components/problem.tsx'
import { TabSet } from '../../components/tab-set.tsx'
import { type UrlState, useUrlState } from '../../components/url-state.ts'
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
  const [search, change] = useUrlState()
  const { tab = 'overview' } = search
  const { data: app, error, refetch } = useAsk('GET /openapi/app/{id}', { params: { id } })
  if (error) return <Problem error={error} retry={refetch} />
  if (!app) return <Skeleton active />
  return (
    <PageShell title={<AppTitle app={app} />} about={<AppStatus app={app} />}>
      <TabSet
        label={app.name}
        shown={tab}
        // The table of another tab has pages and filters of its own.
        show={(key) => change({ ...emptied(search), tab: key === 'overview' ? undefined : key })}
        tabs={[
          { key: 'overview', label: t('tabOverview'), children: <OwnBasics app={app} /> },
          { key: 'interfaces', label: t('tabInterfaces'), children: <OwnInterfaces app={app} /> },
          { key: 'credentials', label: t('tabCredentials'), children: <AppCredentials app={app} /> },
          { key: 'signIn', label: t('appSignIn:tab'), children: <AppSignIn app={app} /> },
          { key: 'calls', label: t('tabCalls'), children: <OwnCalls app={app} /> },
          { key: 'events', label: t('events:appEvents'), children: <AppEvents app={app} /> },
        ]}
      />
    </PageShell>
  )
}

const emptied = (search: UrlState): UrlState => Object.fromEntries(Object.keys(search).map((name) => [name, undefined]))
