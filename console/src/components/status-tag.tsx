// A state in a word, with a dot whose colour says it again; never by the colour alone.

import type { ReactNode } from 'react'
import './status-tag.css'

export type Mood = 'good' | 'warn' | 'bad' | 'busy' | 'idle'

export function StatusTag({ mood, children }: { readonly mood: Mood; readonly children: ReactNode }) {
  return (
    <span className="status-tag">
      <span className={mood} />
      {children}
    </span>
  )
}
