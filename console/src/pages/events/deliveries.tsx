// Events on their way, one row for each app that gets one: of all apps for operators, of own apps for developers.

import { Flex } from 'antd'
import { ButtonLink } from '../../components/link.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { RangeFilter, useRange } from '../../components/range.tsx'
import { useUrlState } from '../../components/url-state.ts'
import { useText } from '../../text/text.ts'
import { useAppFilter, useInterfaceFilter } from '../calls/named-filters.tsx'
import { DeliveryTable } from './delivery-table.tsx'
import { ResendAll } from './resend-all.tsx'

export function Page() {
  const t = useText('events')
  const range = useRange('any', 'hour', 'day', 'week', 'month')
  const [{ appId, interfaceId, eventId, state }] = useUrlState()
  const { from, to } = range
  return (
    <PageShell
      title={t('deliveriesTitle')}
      about={t('deliveriesAbout')}
      actions={
        <Flex wrap gap={8}>
          <ButtonLink to="/events/callbacks">{t('callbacks')}</ButtonLink>
          <ResendAll of={{ appId, interfaceId, eventId, state, from, to }} />
        </Flex>
      }
    >
      <DeliveryTable lead={<RangeFilter of={range} />} query={{ from, to }} filters={[useAppFilter(), useInterfaceFilter()]} />
    </PageShell>
  )
}
