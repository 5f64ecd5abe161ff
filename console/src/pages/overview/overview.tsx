// What runs, at a glance: counts of this moment first, then a range and second by second; what waits, and how services and gateways are.
// All but the first figures come after they are shown.

import { lazy, Suspense } from 'react'
import { useMay } from '../../api/me.ts'
import { PageShell } from '../../components/page-shell.tsx'
import { useText } from '../../text/text.ts'
import { Now } from './now.tsx'

const Details = lazy(async () => ({ default: (await import('./details.tsx')).Details }))
const Ailing = lazy(async () => ({ default: (await import('./ailing.tsx')).Ailing }))

export function Page() {
  const t = useText('overview')
  const may = useMay()
  return (
    <PageShell title={t('title')} about={t('about')}>
      {may('view-service') && (
        <Suspense>
          <Ailing />
        </Suspense>
      )}
      <Now />
      <Suspense>
        <Details />
      </Suspense>
    </PageShell>
  )
}
