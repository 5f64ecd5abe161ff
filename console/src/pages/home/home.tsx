// The first page of everybody: for operators what runs, and on an empty platform how to begin; for developers what is theirs.

import { Flex } from 'antd'
import { lazy, Suspense } from 'react'
import { isDeveloper, useMe } from '../../api/me.ts'
import { FirstSteps } from './first-steps.tsx'

const Overview = lazy(async () => ({ default: (await import('../overview/overview.tsx')).Page }))
const OwnOverview = lazy(async () => ({ default: (await import('./own-overview.tsx')).OwnOverview }))

export function Page() {
  const me = useMe()
  const seesAll = me.permissions.includes('view-stats') || !isDeveloper(me)
  return (
    <Suspense>
      {seesAll ? (
        <Flex vertical gap={20}>
          <FirstSteps />
          <Overview />
        </Flex>
      ) : (
        <OwnOverview />
      )}
    </Suspense>
  )
}
