// A place to find out why a signature is not the same: the string that the gateway would build from a request, step by step, by the
// gateway's own functions, and the first place where somebody's own string is another.

import { Alert, Button, Card, Flex, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { Nothing } from '../../components/nothing.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { useText } from '../../text/text.ts'
import { buildFrom, type Draft, schemeOf, schemes } from './build.ts'
import { Comparison } from './comparison.tsx'
import { BuildSteps } from './steps.tsx'
import { WhyNot } from './why-not.tsx'

const example = `curl 'http://127.0.0.1:9000/api/v1/car/parking?park=%E4%B8%9C%E9%97%A8&hours=2&appId=9phm93oigrhk6k9n&timestamp=1767225600000&nonce=n-1&signType=hmac-sha256&sign=AAAA'`
const usualKey = '58Ajk2015HoppingYear'

export function Page() {
  const t = useText('workbench')
  const [draft, setDraft] = useState<Draft>({ text: '', scheme: undefined, platformKey: usualKey })
  const [own, setOwn] = useState('')
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
          <Button onClick={() => change({ text: example, scheme: undefined })}>{t('example')}</Button>
          <Button disabled={draft.text === ''} onClick={() => change({ text: '', scheme: undefined })}>
            {t('clear')}
          </Button>
        </>
      }
    >
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
      {draft.text.trim() === '' && <Nothing title={t('waitTitle')} text={t('waitText')} />}
      {built === 'not_a_request' && <Alert type="warning" showIcon title={t('notARequest')} />}
      {built !== undefined && built !== 'not_a_request' && 'why' in built && <WhyNot why={built.why} />}
      {built !== undefined && built !== 'not_a_request' && 'build' in built && (
        <>
          <Card size="small" title={t('steps')} extra={scheme}>
            <BuildSteps build={built.build} />
          </Card>
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
