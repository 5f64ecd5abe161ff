// A place to find out why a signature is not the same: the string that the gateway would build from a request, step by step, by the
// gateway's own functions, and the first place where somebody's own string is another.

import { Alert, Button, Card, Flex, Form, Input, Select, Skeleton } from 'antd'
import { type ReactNode, useState } from 'react'
import { useAsk } from '../../api/query.ts'
import { Nothing } from '../../components/nothing.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { Problem } from '../../components/problem.tsx'
import { useUrlState } from '../../components/url-state.ts'
import { useText } from '../../text/text.ts'
import { getsToken } from '../docs/token-schemes.ts'
import { buildFrom, type Draft, schemeOf, schemes, usualKey } from './build.ts'
import { Comparison } from './comparison.tsx'
import { examples } from './examples.ts'
import { SignHere } from './sign-here.tsx'
import { BuildSteps } from './steps.tsx'
import { WhyNot } from './why-not.tsx'

export function Page() {
  const [{ requestId, example }] = useUrlState()
  if (requestId !== undefined) return <OfCall key={requestId} requestId={requestId} />
  const scheme = schemes.find((name) => name === example)
  return <Workbench key={example} given={{ ...empty, ...(scheme && { text: examples[scheme], scheme }) }} />
}

const empty: Draft = { text: '', scheme: undefined, platformKey: usualKey }

/** What a call that was refused had sent, as its explanation has it: with values hidden that nobody should read. */
function OfCall({ requestId }: { readonly requestId: string }) {
  const t = useText('workbench')
  const { data, error, refetch } = useAsk('GET /openapi/stats/explain/{requestId}', { params: { requestId } })
  if (error && !data) return <Problem error={error} retry={refetch} />
  if (!data) return <Skeleton active />
  const { request, scheme, callers } = data.signature ?? {}
  if (request === undefined) return <Workbench given={empty} note={<Alert type="info" showIcon title={t('notKept')} />} />
  const draft = { ...empty, text: request, scheme: schemes.find((name) => name === scheme) }
  return <Workbench given={draft} givenOwn={callers ?? ''} note={<Alert type="info" showIcon title={t('ofCall', { requestId })} />} />
}

interface WorkbenchProps {
  readonly given: Draft
  /** What the caller signed, where it is known. */
  readonly givenOwn?: string
  readonly note?: ReactNode
}

function Workbench({ given, givenOwn = '', note }: WorkbenchProps) {
  const t = useText('workbench')
  const [draft, setDraft] = useState(given)
  const [own, setOwn] = useState(givenOwn)
  const change = (changed: Partial<Draft>) => setDraft({ ...draft, ...changed })
  const scheme = schemeOf(draft)
  const seen = schemeOf({ ...draft, scheme: undefined })
  const built = buildFrom(draft)
  const options = [
    { value: '', label: seen ? t('schemeSeen', { scheme: seen }) : t('schemeAuto') },
    ...schemes.map((name) => ({ value: name, label: name })),
  ]
  return (
    <PageShell
      title={t('title')}
      about={t('about')}
      actions={
        <>
          <Button onClick={() => change({ text: examples[draft.scheme ?? 'hmac-sha256'] })}>{t('example')}</Button>
          <Button disabled={draft.text === ''} onClick={() => change({ text: '', scheme: undefined })}>
            {t('clear')}
          </Button>
        </>
      }
    >
      {note}
      <Form layout="vertical" component="div">
        <Form.Item label={t('request')} htmlFor="workbench-request" style={{ marginBottom: 12 }}>
          <Input.TextArea
            id="workbench-request"
            rows={8}
            spellCheck={false}
            maxLength={200_000}
            placeholder={t('requestHint')}
            value={draft.text}
            onChange={({ target }) => change({ text: target.value })}
            style={{ fontFamily: 'var(--ant-font-family-code)', fontSize: 13 }}
          />
        </Form.Item>
        <Flex wrap gap={16}>
          <Form.Item label={t('scheme')} htmlFor="workbench-scheme" style={{ margin: 0, flex: '0 1 280px' }}>
            <Select
              id="workbench-scheme"
              value={draft.scheme ?? ''}
              options={options}
              onChange={(chosen) => change({ scheme: schemes.find((name) => name === chosen) })}
            />
          </Form.Item>
          {scheme === 'auth-id' && (
            <Form.Item label={t('platformKey')} htmlFor="workbench-key" style={{ margin: 0, flex: '0 1 280px' }}>
              <Input id="workbench-key" value={draft.platformKey} onChange={({ target }) => change({ platformKey: target.value })} />
            </Form.Item>
          )}
        </Flex>
      </Form>
      {scheme && !getsToken(scheme) && draft.text.includes('/openapi/token/generate') && (
        <Alert type="warning" showIcon title={t('noToken')} />
      )}
      {draft.text.trim() === '' && <Nothing title={t('waitTitle')} text={t('waitText')} />}
      {built === 'not_a_request' && <Alert type="warning" showIcon title={t('notARequest')} />}
      {built !== undefined && built !== 'not_a_request' && 'why' in built && <WhyNot why={built.why} />}
      {built !== undefined && built !== 'not_a_request' && 'build' in built && (
        <>
          <Card size="small" title={t('steps')} extra={scheme}>
            <BuildSteps build={built.build} scheme={scheme!} />
          </Card>
          <SignHere key={scheme} draft={draft} scheme={scheme!} stringToSign={built.build.stringToSign} />
          <Card size="small" title={t('compared')}>
            <Flex vertical gap={12}>
              <Input.TextArea
                aria-label={t('own')}
                rows={4}
                spellCheck={false}
                maxLength={200_000}
                placeholder={t('ownHint')}
                value={own}
                onChange={({ target }) => setOwn(target.value)}
                style={{ fontFamily: 'var(--ant-font-family-code)', fontSize: 13 }}
              />
              {own !== '' && <Comparison draft={draft} right={built.build.stringToSign} own={own} />}
            </Flex>
          </Card>
        </>
      )}
    </PageShell>
  )
}
