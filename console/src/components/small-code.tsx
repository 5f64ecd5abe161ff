// What a machine reads, in small below the name that people read.

import { Typography } from 'antd'
import type { ReactNode } from 'react'

export function SmallCode({ children }: { readonly children: ReactNode }) {
  return (
    <Typography.Text
      type="secondary"
      style={{ fontSize: 12, fontWeight: 'normal', fontFamily: 'var(--ant-font-family-code)', overflowWrap: 'anywhere' }}
    >
      {children}
    </Typography.Text>
  )
}
