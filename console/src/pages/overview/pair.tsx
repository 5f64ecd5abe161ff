// Two cards beside each other where there is room, one below the other where there is not.

import type { ReactNode } from 'react'

export function Pair({ children }: { readonly children: ReactNode }) {
  return <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(min(420px, 100%), 1fr))', gap: 16 }}>{children}</div>
}
