// The first page of everybody: for operators what runs, and on an empty platform how to begin; for developers what is theirs.

import { Flex } from 'antd'
import { lazy, Suspense } from 'react'
import type { Permission } from '#core/role/permission.ts'
import { isDeveloper, useMay, useMe } from '../../api/me.ts'
import { useAsk } from '../../api/query.ts'

const FirstSteps = lazy(async () => ({ default: (await import('./first-steps.tsx')).FirstSteps }))
const Overview = lazy(async () => ({ default: (await import('../overview/overview.tsx')).Page }))
const OwnOverview = lazy(async () => ({ default: (await import('./own-overview.tsx')).OwnOverview }))

export function Page() {
  const me = useMe()
  const seesAll = me.permissions.includes('view-stats') || !isDeveloper(me)
  return <Suspense>{seesAll ? <Operators /> : <OwnOverview />}</Suspense>
}

/** For all of the first steps. */
const needed: readonly Permission[] = [
  'view-stats',
  'view-service',
  'create-service',
  'view-interface',
  'create-interface',
  'view-app',
  'create-app',
  'enable-app',
  'grant-interface',
  'try-app',
]

function Operators() {
  const may = useMay()
  const mayBegin = needed.every(may)
  const { data } = useAsk('GET /openapi/stats/current', {}, { enabled: mayBegin, refetchInterval: 1_000, staleTime: 0 })
  return (
    <Flex vertical gap={20}>
      {mayBegin && data?.year === 0 && (
        <Suspense>
          <FirstSteps />
        </Suspense>
      )}
      <Overview />
    </Flex>
  )
}
