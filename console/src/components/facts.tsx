// What is known of one thing: names and values, in as many columns as there is room for.

import type { ReactNode } from 'react'

export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(240px, 1fr))', gap: '16px 24px', margin: 0 }}>
      {facts.map(([name, value]) => (
        <div key={name} style={{ minWidth: 0 }}>
          <dt style={{ color: 'var(--ant-color-text-description)', marginBottom: 2 }}>{name}</dt>
          <dd style={{ margin: 0, overflowWrap: 'anywhere' }}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
