// What came of a call that was tried: the answer, what was signed, and what was sent.

import { Alert, Card, Flex, Typography } from 'antd'
import type { Answer } from '../../api/types.ts'
import { Code } from '../../components/code.tsx'
import { ButtonLink } from '../../components/link.tsx'
import { StatusTag } from '../../components/status-tag.tsx'
import { parsed } from '../../json.ts'
import { useText } from '../../text/text.ts'

export function Outcome({ outcome }: { readonly outcome: Answer<'POST /openapi/app/try/{id}'> }) {
  const t = useText('docs')
  const { sent, stringToSign, answer } = outcome
  const isGood = answer.status < 400
  const lines = (fields: readonly { name: string; value: string }[]) => fields.map(({ name, value }) => `${name}: ${value}`).join('\n')
  const request = [`${sent.method} ${sent.url}`, lines(sent.fields), ...(sent.body === null ? [] : ['', sent.body])].join('\n')
  return (
    <Flex vertical gap={16}>
      <Card
        size="small"
        title={
          <Flex wrap gap={8} align="center">
            {t('answer')}
            <StatusTag mood={isGood ? 'good' : 'bad'}>{answer.status}</StatusTag>
            <Typography.Text type="secondary">{t('latency', { ms: answer.latency })}</Typography.Text>
          </Flex>
        }
        extra={
          !isGood &&
          answer.requestId && (
            <ButtonLink size="small" to={'/explain' as string} search={{ requestId: answer.requestId } as never}>
              {t('explain')}
            </ButtonLink>
          )
        }
      >
        <Flex vertical gap={12}>
          {answer.truncated && <Alert type="warning" showIcon title={t('truncated')} />}
          <Code title={t('answer')} text={pretty(answer.body)} />
          <Code title={t('answerFields')} text={lines(answer.fields)} />
        </Flex>
      </Card>
      {stringToSign !== null && <Code title={`${t('stringToSign')} (${outcome.scheme})`} text={stringToSign} />}
      <Code title={t('sent')} text={request} />
    </Flex>
  )
}

function pretty(body: string): string {
  const value = parsed(body)
  return value === undefined || typeof value !== 'object' ? body : JSON.stringify(value, null, 2)
}
