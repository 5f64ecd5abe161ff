// The top of a page: its name, one sentence on what it is for, and what one can do here.

import { Flex, Typography } from 'antd'
import type { ReactNode } from 'react'

interface PageShellProps {
  readonly title: ReactNode
  readonly about?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

export function PageShell({ title, about, actions, children }: PageShellProps) {
  return (
    <Flex vertical gap={20}>
      <Flex wrap justify="space-between" align="flex-start" gap={12}>
        <div style={{ flex: '1 1 320px', minWidth: 0 }}>
          <Typography.Title level={1} style={{ fontSize: 22, margin: 0, lineHeight: 1.4 }}>
            {title}
          </Typography.Title>
          {about && <Typography.Text type="secondary">{about}</Typography.Text>}
        </div>
        {actions && (
          <Flex wrap gap={8}>
            {actions}
          </Flex>
        )}
      </Flex>
      {children}
    </Flex>
  )
}
