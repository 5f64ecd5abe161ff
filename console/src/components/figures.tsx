// A few figures beside each other, each with what became of it since an earlier range where that is known.

import { Typography } from 'antd'
import type { ReactNode } from 'react'
import { useText } from '../text/text.ts'
import { TextLink } from './link.tsx'
import { Panel } from './panel.tsx'

interface Figure {
  readonly name: string
  readonly value: ReactNode
  readonly change?: ReactNode
  /** Where one sees which they are. */
  readonly to?: { readonly to: string; readonly search?: Readonly<Record<string, string>> } | undefined
}

export function Figures({ label, figures }: { readonly label: string; readonly figures: readonly Figure[] }) {
  return (
    <Panel label={label}>
      <dl style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(112px, 1fr))', gap: 16, margin: 0 }}>
        {figures.map(({ name, value, change, to }) => (
          <div key={name}>
            <dt>
              <Typography.Text type="secondary">{to ? <TextLink {...to}>{name}</TextLink> : name}</Typography.Text>
            </dt>
            <dd className="numbers" style={{ margin: '2px 0 0', fontSize: 24, lineHeight: 1.3 }}>
              {value}
            </dd>
            {change && <dd style={{ margin: 0 }}>{change}</dd>}
          </div>
        ))}
      </dl>
    </Panel>
  )
}

/** How much more or less than before, in per cent; nothing where there was nothing before. */
export function Change({ now, before }: { readonly now: number | null; readonly before: number | null | undefined }) {
  const t = useText('common')
  if (now === null || !before) return null
  const percent = Math.round((now / before - 1) * 100)
  const [mark, said] = percent === 0 ? ['±', t('asBefore')] : percent > 0 ? ['▲', t('moreThanBefore')] : ['▼', t('lessThanBefore')]
  const shown = percent > 999 ? '> 999' : Math.abs(percent).toLocaleString()
  return (
    <Typography.Text
      type="secondary"
      className="numbers"
      style={{ fontSize: 12, whiteSpace: 'nowrap' }}
      title={`${before.toLocaleString()} → ${now.toLocaleString()}`}
    >
      <span aria-hidden>{mark} </span>
      {shown}% <span className="hidden-visually">{said}</span>
    </Typography.Text>
  )
}
