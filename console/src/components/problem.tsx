// What went wrong with a request, in the server's words, with the number that its log knows it by, and a way to try again.

import { Alert, Button, Typography } from 'antd'
import { ApiError } from '../api/ask.ts'
import { useText } from '../text/text.ts'
import { Words } from './words.tsx'

export function Problem({ error, retry }: { readonly error: Error; retry?(): unknown }) {
  const t = useText('common')
  const requestId = error instanceof ApiError ? error.requestId : undefined
  return (
    <Alert
      type="error"
      showIcon
      title={<Words text={wordsOf(error, t('unreachable'))} />}
      description={
        requestId && (
          <Typography.Text type="secondary" copyable={{ text: requestId }}>
            {t('requestId')}: <code>{requestId}</code>
          </Typography.Text>
        )
      }
      action={retry && <Button onClick={() => retry()}>{t('retry')}</Button>}
    />
  )
}

function wordsOf(error: Error, unreachable: string): string {
  if (!(error instanceof ApiError)) return error.message
  return error.message === '' ? unreachable : error.message
}
