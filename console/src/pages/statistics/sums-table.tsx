// What each interface, app or outcome comes to in the range, beside the range before it.

import { useAsk } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { Change } from '../../components/figures.tsx'
import { milliseconds } from '../../components/milliseconds.ts'
import { Nothing } from '../../components/nothing.tsx'
import type { Range } from '../../components/range.tsx'
import { SmallTable } from '../../components/small-table.tsx'
import { clockMs } from '../../components/wire-time.ts'
import { useText } from '../../text/text.ts'
import { type Grouping, GroupLink, type Narrowed } from './group.tsx'
import { perSecond, rounded } from './rate.ts'
import type { Series } from './statistics.tsx'

type Totals = Answer<'GET /openapi/stats/totals'>
type Row = Totals['groups'][number]

interface SumsTableProps {
  readonly range: Range
  readonly groupBy: Grouping
  readonly asked: Narrowed & Pick<Range, 'from' | 'to'>
  readonly series: Series
}

const number = (count: number) => count.toLocaleString()

export function SumsTable({ range, groupBy, asked, series }: SumsTableProps) {
  const t = useText('statistics')
  const query = { ...asked, compareFrom: range.compareFrom, ...(groupBy === 'status' ? {} : { groupBy }) }
  const { data } = useAsk('GET /openapi/stats/totals', { query })
  const rows = !data ? [] : groupBy === 'status' ? outcomes(data) : data.groups
  const seconds = data ? (clockMs(data.to) - clockMs(data.from)) / 1000 : 1
  const most = new Map(series.series.map(({ group, calls }) => [group, mostOf(perSecond(calls, series.starts, asked.to))]))
  return (
    <SmallTable
      title={t('inSum')}
      label={t('inSum')}
      rows={rows}
      keyOf={({ group }) => group}
      columns={[
        { title: t(`one_${groupBy}`), render: (row) => <GroupLink of={row} groupBy={groupBy} range={range} narrowed={asked} /> },
        { title: t('calls'), isNumber: true, render: ({ calls }) => number(calls) },
        { title: t('change'), isNumber: true, render: ({ calls, before }) => <Change now={calls} before={before?.calls} /> },
        { title: t('meanRate'), isNumber: true, render: ({ calls }) => number(rounded(calls / seconds)) },
        { title: t('mostRate'), isNumber: true, render: ({ group }) => (most.has(group) ? number(most.get(group)!) : '–') },
        ...(groupBy === 'status'
          ? []
          : [
              { title: t('refused'), isNumber: true, render: ({ refused }: Row) => number(refused) },
              { title: t('limited'), isNumber: true, render: ({ limited }: Row) => number(limited) },
              { title: t('failed'), isNumber: true, render: ({ failed }: Row) => number(failed) },
              { title: t('latency'), isNumber: true, render: ({ latency }: Row) => milliseconds(latency) },
            ]),
      ]}
      empty={<Nothing title={data ? t('nothing') : t('common:loading')} {...(data ? { text: t('nothingText') } : {})} />}
    />
  )
}

const mostOf = (rates: readonly (number | null)[]) => Math.max(0, ...rates.map((rate) => rate ?? 0))

/** All calls, parted by how they ended. */
function outcomes({ total }: Totals): Row[] {
  const parts = { answered: answered(total), refused: total.refused, failed: total.failed }
  const before = total.before && { answered: answered(total.before), refused: total.before.refused, failed: total.before.failed }
  return (['answered', 'refused', 'failed'] as const).map((group) => ({
    ...total,
    group,
    id: null,
    name: null,
    calls: parts[group],
    before: before && { ...total.before!, calls: before[group] },
  }))
}

const answered = ({ calls, refused, failed }: { readonly calls: number; readonly refused: number; readonly failed: number }) =>
  calls - refused - failed
