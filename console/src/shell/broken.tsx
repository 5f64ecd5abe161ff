// In the place of a page that is not there, or that broke.

import type { ErrorComponentProps } from '@tanstack/react-router'
import { Button, Result, Typography } from 'antd'
import { ButtonLink } from '../components/link.tsx'
import { useText } from '../text/text.ts'

export function PageNotFound() {
  const t = useText('common')
  return (
    <Result
      icon={null}
      title={t('notFound')}
      subTitle={t('notFoundHint')}
      extra={
        <ButtonLink type="primary" to="/">
          {t('shell:home')}
        </ButtonLink>
      }
    />
  )
}

export function PageFailed({ error }: ErrorComponentProps) {
  const t = useText('common')
  return (
    <Result
      status="error"
      title={t('failed')}
      subTitle={t('failedHint')}
      extra={
        <Button type="primary" onClick={() => window.location.reload()}>
          {t('reload')}
        </Button>
      }
    >
      <Typography.Text code>{error instanceof Error ? error.message : String(error)}</Typography.Text>
    </Result>
  )
}
