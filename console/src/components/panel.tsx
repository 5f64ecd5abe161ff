// A part of a page with a frame, and a name and actions above it where it has them. antd's Card would bring its tabs along.

import type { ReactNode } from 'react'
import './panel.css'

interface PanelProps {
  readonly title?: ReactNode
  readonly extra?: ReactNode
  /** What is in it reaches its frame, as tables do. */
  readonly isFlush?: boolean
  /** For screen readers, where there is no title. */
  readonly label?: string
  readonly children: ReactNode
}

export function Panel({ title, extra, isFlush = false, label, children }: PanelProps) {
  return (
    <section className="panel" aria-label={label}>
      {(title || extra) && (
        <header>
          <h2>{title}</h2>
          {extra}
        </header>
      )}
      <div className={isFlush ? 'panel-flush' : 'panel-body'}>{children}</div>
    </section>
  )
}
