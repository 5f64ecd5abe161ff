// Why one call ended as it did: stage, rule and, of a wrong signature, both strings with the first place where they part.

import { Alert, Button, Card, Flex, Form, Input, Skeleton, Typography } from 'antd'
import { useAsk } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { Code } from '../../components/code.tsx'
import { Difference } from '../../components/difference.tsx'
import { type Fact, Facts } from '../../components/facts.tsx'
import { ButtonLink, TextLink } from '../../components/link.tsx'
import { Nothing } from '../../components/nothing.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { Problem } from '../../components/problem.tsx'
import { Time } from '../../components/time.tsx'
import { useUrlState } from '../../components/url-state.ts'
import { Words } from '../../components/words.tsx'
import { useText } from '../../text/text.ts'
import { Called, Caller } from '../calls/called.tsx'

type Explanation = Answer<'GET /openapi/stats/explain/{requestId}'>

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

export function Page() {
  const t = useText('explain')
  const [{ requestId = '' }, change] = useUrlState()
  const isAsked = uuid.test(requestId)
  const { data, error, isPending, refetch } = useAsk(
    'GET /openapi/stats/explain/{requestId}',
    { params: { requestId } },
    { enabled: isAsked },
  )
  return (
    <PageShell title={t('title')} about={t('about')}>
      <Form
        key={requestId}
        layout="vertical"
        initialValues={{ requestId }}
        onFinish={(given: { requestId: string }) => change({ requestId: given.requestId.trim() })}
      >
        <Form.Item label={t('requestId')} style={{ marginBottom: 0, maxWidth: 640 }}>
          <Flex wrap gap={8} align="flex-start">
            <Form.Item
              name="requestId"
              noStyle
              rules={[{ transform: (text: string) => text?.trim(), pattern: uuid, required: true, message: t('requestIdWrong') }]}
            >
              <Input
                aria-label={t('requestId')}
                placeholder={t('requestIdHint')}
                allowClear
                autoFocus={!isAsked}
                style={{ flex: '1 1 260px', fontFamily: 'var(--ant-font-family-code)' }}
              />
            </Form.Item>
            <Button type="primary" htmlType="submit">
              {t('explain')}
            </Button>
          </Flex>
        </Form.Item>
      </Form>
      {!isAsked && <Nothing title={t('waitTitle')} text={t('waitText')} />}
      {isAsked && isPending && <Skeleton active />}
      {error && <Problem error={error} retry={refetch} />}
      {isAsked && data && <Explained call={data} />}
    </PageShell>
  )
}

function Explained({ call }: { readonly call: Explanation }) {
  const t = useText('explain')
  const detail = Object.entries(call.detail ?? {})
  const facts: Fact[] = [
    [t('call'), <Called key="call" of={call} />],
    [t('stage'), call.stageText ?? '–'],
    [t('status'), call.status],
    [
      t('error'),
      call.error === null ? (
        '–'
      ) : (
        <TextLink key="error" to="/docs/errors" hash={call.error}>
          {call.error}
        </TextLink>
      ),
    ],
    [t('time'), <Time key="time" at={call.time} />],
    [t('latency'), `${call.latency} ms`],
    [t('app'), <Caller key="app" of={call} />],
    [t('from'), call.ip],
    [t('revision'), call.revision],
    ...(detail.length === 0 ? [] : [[t('detail'), detail.map(([name, fact]) => `${name}: ${fact}`).join('; ')] as const]),
  ]
  return (
    <Flex vertical gap={16}>
      <Alert
        type={call.error === null ? 'success' : 'error'}
        showIcon
        title={call.error === null ? t('answered') : t('refused')}
        description={
          <>
            <Words text={call.rule} />
            {/* Of a signature the likely cause says more. */}
            {call.advice && !call.signature && (
              <div style={{ marginTop: 4 }}>
                <strong>{t('advice')}</strong> <Words text={call.advice} />
              </div>
            )}
          </>
        }
        action={
          call.interfaceId !== null && (
            <ButtonLink size="small" to="/docs/$id" params={{ id: String(call.interfaceId) }}>
              {t('toDocument')}
            </ButtonLink>
          )
        }
      />
      {call.signature && <Signature requestId={call.requestId} signature={call.signature} />}
      <Card size="small">
        <Facts facts={facts} />
      </Card>
    </Flex>
  )
}

interface SignatureProps {
  readonly requestId: string
  readonly signature: NonNullable<Explanation['signature']>
}

function Signature({ requestId, signature }: SignatureProps) {
  const t = useText('explain')
  const { scheme, causeText, alsoText, stringToSign, callers, request } = signature
  const inWorkbench = request !== undefined && { search: { requestId } }
  return (
    <Card
      size="small"
      title={t('signature')}
      extra={
        <Flex gap={8} align="center">
          <TextLink to="/docs/schemes" hash={scheme}>
            {scheme}
          </TextLink>
          {inWorkbench && (
            <ButtonLink size="small" to="/workbench" {...inWorkbench}>
              {t('stepByStep')}
            </ButtonLink>
          )}
        </Flex>
      }
    >
      <Flex vertical gap={12}>
        <div>
          <Typography.Text strong>{t('cause')}</Typography.Text>
          <Typography.Paragraph style={{ margin: 0 }}>
            <Words text={causeText} />
          </Typography.Paragraph>
          {alsoText && (
            <Typography.Paragraph style={{ margin: 0 }}>
              {t('alsoCause')}: <Words text={alsoText} />
            </Typography.Paragraph>
          )}
        </div>
        {callers === undefined ? (
          <>
            <Alert
              type="info"
              showIcon
              title={t('callersUnknown')}
              action={
                <ButtonLink to="/workbench" {...inWorkbench}>
                  {t('toWorkbench')}
                </ButtonLink>
              }
            />
            <Code title={t('servers')} text={stringToSign} />
          </>
        ) : (
          <Difference right={{ title: t('servers'), text: stringToSign }} other={{ title: t('callers'), text: callers }} />
        )}
      </Flex>
    </Card>
  )
}
