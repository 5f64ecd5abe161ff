// In the place of what is not there: says so, and how it would come.

import { Flex, Typography } from 'antd'
import type { ReactNode } from 'react'

export function Nothing({ title, text, action }: { readonly title: string; readonly text?: string; readonly action?: ReactNode }) {
  return (
    <Flex vertical gap={4} align="center" style={{ padding: '40px 16px', textAlign: 'center' }}>
      <Typography.Text strong>{title}</Typography.Text>
      {text && (
        <Typography.Text type="secondary" style={{ maxWidth: 420 }}>
          {text}
        </Typography.Text>
      )}
      {action && <div style={{ marginTop: 12 }}>{action}</div>}
    </Flex>
  )
}
