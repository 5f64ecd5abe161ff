// Which interfaces were called most in a range, or which apps called most; and the same of limits that were hit.

import { useAsk } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { Change } from '../../components/figures.tsx'
import { TextLink } from '../../components/link.tsx'
import { Nothing } from '../../components/nothing.tsx'
import { Panel } from '../../components/panel.tsx'
import { Problem } from '../../components/problem.tsx'
import { type Range, searchOf } from '../../components/range.tsx'
import { SmallTable } from '../../components/small-table.tsx'
import { useText } from '../../text/text.ts'
import { shareOf, staying, totalsQuery } from './of-range.tsx'
import { Pair } from './pair.tsx'

type Group = Answer<'GET /openapi/stats/totals'>['groups'][number]
type GroupBy = 'interface' | 'app'

const rowsMax = 8
const number = (count: number) => count.toLocaleString()

export function Top({ of, groupBy }: { readonly of: Range; readonly groupBy: GroupBy }) {
  const t = useText('overview')
  const { data, error, refetch } = useAsk('GET /openapi/stats/totals', { query: { ...totalsQuery(of), groupBy } }, staying)
  const title = groupBy === 'interface' ? t('topInterfaces') : t('topApps')
  if (error && !data) return <Problem error={error} retry={refetch} />
  return (
    <SmallTable
      title={title}
      label={title}
      rows={(data?.groups ?? []).slice(0, rowsMax)}
      keyOf={({ group }) => group}
      columns={[
        { title: t(groupBy), render: (row) => <Name of={row} groupBy={groupBy} range={of} /> },
        { title: t('calls'), isNumber: true, render: ({ calls, before }) => <Count now={calls} before={before?.calls} /> },
        { title: t('refusedShort'), isNumber: true, render: ({ refused }) => number(refused) },
        { title: t('failedShort'), isNumber: true, render: ({ failed }) => number(failed) },
        { title: t('latencyShort'), isNumber: true, render: ({ latency }) => (latency === null ? '–' : `${number(latency)} ms`) },
      ]}
      empty={<Nothing title={data ? t('nothingCalled') : t('common:loading')} {...(data ? { text: t('nothingCalledText') } : {})} />}
    />
  )
}

function Count({ now, before }: { readonly now: number; readonly before: number | undefined }) {
  return (
    <>
      <Change now={now} before={before} /> {number(now)}
    </>
  )
}

function Name({ of: { group, id, name }, groupBy, range }: { readonly of: Group; readonly groupBy: GroupBy; readonly range: Range }) {
  const t = useText('overview')
  if (group === 'other' || group === 'unidentified') return t(group)
  const own: Record<string, string> = groupBy === 'app' ? { appId: group } : { interfaceId: String(id), by: 'app' }
  return (
    <TextLink to="/statistics" search={{ ...searchOf(range), ...own }}>
      {name ?? group}
    </TextLink>
  )
}

export function LimitsHit({ of }: { readonly of: Range }) {
  const t = useText('overview')
  const query = { ...totalsQuery(of), orderBy: 'limited' } as const
  const interfaces = useAsk('GET /openapi/stats/totals', { query: { ...query, groupBy: 'interface' } }, staying)
  const apps = useAsk('GET /openapi/stats/totals', { query: { ...query, groupBy: 'app' } }, staying)
  if (interfaces.data?.total.limited === 0) {
    return (
      <Panel title={t('limitsHit')}>
        <span style={{ color: 'var(--ant-color-text-description)' }}>{t('noLimitsHit')}</span>
      </Panel>
    )
  }
  return (
    <Pair>
      {(['interface', 'app'] as const).map((groupBy) => {
        const title = groupBy === 'interface' ? t('limitsOfInterfaces') : t('limitsOfApps')
        const { data } = groupBy === 'interface' ? interfaces : apps
        return (
          <SmallTable
            key={groupBy}
            title={title}
            label={title}
            extra={
              <TextLink to="/calls" search={{ error: 'rate_limited' }}>
                {t('toCalls')}
              </TextLink>
            }
            rows={(data?.groups ?? []).filter(({ limited }) => limited > 0).slice(0, rowsMax)}
            keyOf={({ group }) => group}
            columns={[
              { title: t(groupBy), render: (row) => <Name of={row} groupBy={groupBy} range={of} /> },
              { title: t('limited'), isNumber: true, render: ({ limited, before }) => <Count now={limited} before={before?.limited} /> },
              { title: t('ofCalls'), isNumber: true, render: ({ limited, calls }) => shareOf(limited, calls) },
            ]}
            empty={<Nothing title={t('common:loading')} />}
          />
        )
      })}
    </Pair>
  )
}
