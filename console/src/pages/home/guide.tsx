// The way to the first call, step by step: those that are done have a tick, the next one has its button.

import { CheckCircleFilled } from '@ant-design/icons'
import { Card, Flex, Typography } from 'antd'
import type { ReactNode } from 'react'
import { useText } from '../../text/text.ts'

export interface Step {
  readonly title: string
  readonly text: ReactNode
  readonly isDone: boolean
  readonly action?: ReactNode
}

export function Guide({ title, about, steps }: { readonly title: string; readonly about: string; readonly steps: readonly Step[] }) {
  const next = steps.findIndex(({ isDone }) => !isDone)
  return (
    <Card role="region" aria-label={title}>
      <Typography.Title level={2} style={{ fontSize: 16, margin: 0 }}>
        {title}
      </Typography.Title>
      <Typography.Text type="secondary">{about}</Typography.Text>
      <ol
        style={{
          display: 'grid',
          gridTemplateColumns: 'repeat(auto-fit, minmax(min(220px, 100%), 1fr))',
          gap: 12,
          listStyle: 'none',
          margin: '16px 0 0',
          padding: 0,
        }}
      >
        {steps.map((step, at) => (
          <StepCard key={step.title} step={step} number={at + 1} isNext={at === next} />
        ))}
      </ol>
    </Card>
  )
}

function StepCard({ step: { title, text, isDone, action }, number, isNext }: { step: Step; number: number; isNext: boolean }) {
  const t = useText('home')
  return (
    <li
      aria-current={isNext ? 'step' : undefined}
      style={{
        display: 'flex',
        flexDirection: 'column',
        gap: 8,
        padding: 16,
        borderRadius: 8,
        border: `1px solid ${isNext ? 'var(--ant-color-primary)' : 'var(--ant-color-border-secondary)'}`,
      }}
    >
      <Flex gap={8} align="center">
        {isDone ? (
          <CheckCircleFilled aria-label={t('common:done')} style={{ color: 'var(--ant-color-success)', fontSize: 18 }} />
        ) : (
          <span className="numbers" style={{ width: 18, textAlign: 'center', color: 'var(--ant-color-text-description)' }}>
            {number}
          </span>
        )}
        <Typography.Text strong>{title}</Typography.Text>
      </Flex>
      <Typography.Text type="secondary" style={{ flex: 1 }}>
        {text}
      </Typography.Text>
      {isNext && action && (
        <Flex wrap gap={8}>
          {action}
        </Flex>
      )}
    </li>
  )
}
