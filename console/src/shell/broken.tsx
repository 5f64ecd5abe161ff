// In the place of a page that is not there, or that broke.

import type { ErrorComponentProps } from '@tanstack/react-router'
import { Button, Flex } from 'antd'
import { ButtonLink } from '../components/link.tsx'
import { Nothing } from '../components/nothing.tsx'
import { useText } from '../text/text.ts'

export function PageNotFound() {
  const t = useText('common')
  const home = (
    <ButtonLink type="primary" to="/">
      {t('shell:home')}
    </ButtonLink>
  )
  return <Nothing title={t('notFound')} text={t('notFoundHint')} action={home} />
}

export function PageFailed({ error }: ErrorComponentProps) {
  const t = useText('common')
  const reload = (
    <Flex vertical gap={16} align="center">
      <Button type="primary" onClick={() => window.location.reload()}>
        {t('reload')}
      </Button>
      <code>{error instanceof Error ? error.message : String(error)}</code>
    </Flex>
  )
  return <Nothing title={t('failed')} text={t('failedHint')} action={reload} />
}
