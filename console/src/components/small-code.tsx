// What a machine reads, in small below the name that people read.

import { Typography } from 'antd'
import type { CSSProperties, ReactNode } from 'react'

const style: CSSProperties = {
  fontSize: 12,
  fontWeight: 'normal',
  fontFamily: 'var(--ant-font-family-code)',
  // As main.css has it for code.
  fontVariantEastAsian: 'normal',
  overflowWrap: 'anywhere',
}

export function SmallCode({ children }: { readonly children: ReactNode }) {
  return (
    <Typography.Text type="secondary" style={style}>
      {children}
    </Typography.Text>
  )
}
