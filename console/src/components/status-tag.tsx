// A state in a word, with a dot whose colour says it again; never by the colour alone.

import type { ReactNode } from 'react'

export type Mood = 'good' | 'warn' | 'bad' | 'busy' | 'idle'

const colors: Record<Mood, string> = {
  good: 'var(--ant-color-success)',
  warn: 'var(--ant-color-warning)',
  bad: 'var(--ant-color-error)',
  busy: 'var(--ant-color-primary)',
  idle: 'var(--ant-color-text-quaternary)',
}

export function StatusTag({ mood, children }: { readonly mood: Mood; readonly children: ReactNode }) {
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: 8, whiteSpace: 'nowrap' }}>
      <span style={{ width: 8, height: 8, borderRadius: 4, background: colors[mood], flex: 'none' }} />
      {children}
    </span>
  )
}
