// The overview below its first figures.

import { useMay } from '../../api/me.ts'
import { useRange } from '../../components/range.tsx'
import { Gateways } from './gateways.tsx'
import { Live } from './live.tsx'
import { OfRange, useMovingOn } from './of-range.tsx'
import { Pair } from './pair.tsx'
import { Services } from './services.tsx'
import { Waiting } from './waiting.tsx'

export function Details() {
  const may = useMay()
  const range = useRange('hour', 'today', 'day', 'week', 'month', 'year')
  useMovingOn(range)
  return (
    <>
      <OfRange range={range} />
      {/* It begins empty, when somebody begins to look. */}
      {may('view-stats') && <Live />}
      <Pair>
        {may('view-event') && <Waiting />}
        {may('view-service') && may('view-stats') && <Services range={range} />}
      </Pair>
      {may('view-stats') && <Gateways />}
    </>
  )
}
