// One app: what it is, what it may call, its projects, its secrets.

import { useParams } from '@tanstack/react-router'
import { Button, Skeleton } from 'antd'
import { useMay } from '../../api/me.ts'
import { useAsk } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { ButtonLink } from '../../components/link.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { Problem } from '../../components/problem.tsx'
import { Sections } from '../../components/sections.tsx'
import { useText } from '../../text/text.ts'
import { AppEvents } from '../events/app-events.tsx'
import { AppCredentials } from './app-credentials.tsx'
import { AppGrants } from './app-grants.tsx'
import { AppTitle } from './app-logo.tsx'
import { AppOverview } from './app-overview.tsx'
import { AppProjects } from './app-projects.tsx'
import { AppSignIn } from './app-sign-in.tsx'
import { AppStatus } from './app-state.tsx'
import { useSwitchApp } from './switch-app.tsx'

export type AppInFull = Answer<'GET /openapi/app/{id}'>

export function Page() {
  const t = useText('apps')
  const { id = '' } = useParams({ strict: false }) as { id?: string }
  const may = useMay()
  const switchApp = useSwitchApp()
  const { data: app, error, refetch } = useAsk('GET /openapi/app/{id}', { params: { id } })
  if (error && !app) return <Problem error={error} retry={refetch} />
  if (!app) return <Skeleton active />
  const sections = [
    { key: 'overview', label: t('tabOverview'), content: <AppOverview app={app} /> },
    { key: 'interfaces', label: `${t('tabInterfaces')} (${app.interfaceIds.length})`, content: <AppGrants app={app} /> },
    { key: 'projects', label: `${t('tabProjects')} (${app.projectIds.length})`, content: <AppProjects app={app} /> },
    { key: 'credentials', label: t('tabCredentials'), content: <AppCredentials app={app} /> },
    { key: 'signIn', label: t('appSignIn:tab'), content: <AppSignIn app={app} /> },
    ...(may('view-event') ? [{ key: 'events', label: t('events:appEvents'), content: <AppEvents app={app} /> }] : []),
  ]
  const actions = (
    <>
      {may('view-stats') && (
        <ButtonLink to="/calls" search={{ appId: String(app.id) }}>
          {t('calls:title')}
        </ButtonLink>
      )}
      {may('enable-app') && (
        <Button type={app.status === 1 ? 'primary' : 'default'} onClick={() => switchApp(app)}>
          {app.status === 0 ? t('common:disable') : t('common:enable')}
        </Button>
      )}
    </>
  )
  return (
    <PageShell title={<AppTitle app={app} />} about={<AppStatus app={app} />} actions={actions}>
      <Sections label={t('detail')} sections={sections} />
    </PageShell>
  )
}
