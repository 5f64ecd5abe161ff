// Why calls of a range were refused or failed: errors by name, what each means, and the way to the calls themselves.

import { Tag } from 'antd'
import { lazy, type ReactNode, Suspense } from 'react'
import { useAsk } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { TextLink } from '../../components/link.tsx'
import { Nothing } from '../../components/nothing.tsx'
import { Problem } from '../../components/problem.tsx'
import { type Range, searchOf } from '../../components/range.tsx'
import { SmallTable } from '../../components/small-table.tsx'
import { useText } from '../../text/text.ts'
import { shareOf, staying } from '../overview/totals.ts'

// The server's sentences are large.
const Meaning = lazy(async () => ({ default: (await import('./meaning.tsx')).Meaning }))

type Errors = Answer<'GET /openapi/stats/errors'>['errors']

interface ErrorsTableProps {
  readonly of: Range
  /** Absent: all that the person may see. */
  readonly appId?: string | undefined
  /** So many, and a way to the others; absent: all. */
  readonly rowsMax?: number
  /** Beside the title, of what is there. */
  extra?(errors: Errors): ReactNode
}

const limits: ReadonlySet<string> = new Set(['rate_limited', 'quota_exceeded', 'interface_tripped', 'overloaded'])

export function ErrorsTable({ of, appId, rowsMax = Number.POSITIVE_INFINITY, extra }: ErrorsTableProps) {
  const t = useText('overview')
  const { from, to } = of
  const { data, error: problem, refetch } = useAsk('GET /openapi/stats/errors', { query: { from, to, appId } }, staying)
  if (problem && !data) return <Problem error={problem} retry={refetch} />
  const { errors = [], total = 0 } = data ?? {}
  const narrowed: Record<string, string> = { ...searchOf(of), ...(appId === undefined ? {} : { appId }) }
  const all = (
    <TextLink to="/statistics" search={narrowed}>
      {t('allErrors', { number: errors.length })}
    </TextLink>
  )
  return (
    <SmallTable
      title={t('errors')}
      label={t('errors')}
      extra={errors.length > rowsMax ? all : extra?.(errors)}
      rows={errors.slice(0, rowsMax)}
      keyOf={({ error }) => error}
      columns={[
        { title: t('error'), render: ({ error }) => <Name error={error} /> },
        { title: t('share'), isNumber: true, render: ({ calls }) => shareOf(calls, total) },
        {
          title: t('calls'),
          isNumber: true,
          render: ({ error, calls }) => (
            <TextLink to="/calls" search={{ ...narrowed, error }} title={t('toCalls')}>
              {calls.toLocaleString()}
            </TextLink>
          ),
        },
      ]}
      empty={data ? <Nothing title={t('noErrors')} text={t('noErrorsText')} /> : <Nothing title={t('common:loading')} />}
    />
  )
}

function Name({ error }: { readonly error: string }) {
  const t = useText('overview')
  return (
    <>
      <TextLink to="/docs/errors" hash={error}>
        <code style={{ marginInline: 0 }}>{error}</code>
      </TextLink>{' '}
      {limits.has(error) && <Tag>{t('limitHit')}</Tag>}
      <div style={{ minHeight: '1.5em', fontSize: 12, fontWeight: 'normal', color: 'var(--ant-color-text-secondary)' }}>
        <Suspense>
          <Meaning error={error} />
        </Suspense>
      </div>
    </>
  )
}
