// Samples in the languages of examples/, filled with the reader's app, the interface, and what stands in the form of the trial. Each file
// is loaded when it is looked at.

import { useQuery } from '@tanstack/react-query'
import { Alert, Flex, Form, Select, Skeleton, Typography } from 'antd'
import { type ReactNode, useState } from 'react'
import { type CallSample, fillCall, type SampleKind, type SampleLanguage, sampleFiles, signCommand } from '../../../../examples/fill.ts'
import { AppLink } from '../../components/app-name.tsx'
import { Code } from '../../components/code.tsx'
import { Problem } from '../../components/problem.tsx'
import { TabSet } from '../../components/tab-set.tsx'
import { useText } from '../../text/text.ts'
import Receivers from '../events/receivers.tsx'
import type { Doc, Values } from './doc.tsx'
import type { OwnApp } from './own-app.tsx'
import { filledPath, withoutPath } from './path.ts'
import { getsToken } from './token-schemes.ts'

const languages: readonly (readonly [language: SampleLanguage, title: string])[] = [
  ['ts', 'TypeScript'],
  ['java', 'Java'],
  ['python', 'Python'],
  ['php', 'PHP'],
  ['go', 'Go'],
  ['sh', 'Shell'],
]

interface SamplesProps {
  readonly doc: Doc
  readonly app: OwnApp | undefined
  readonly values: Values
  readonly choose: ReactNode
}

export default function Samples({ doc, app, values, choose }: SamplesProps) {
  const t = useText('docs')
  const [shown, setShown] = useState('TypeScript')
  const [wanted, setWanted] = useState<SampleKind>()
  const { gatewayUrl, security, method } = doc
  if (doc.type === 1) {
    return (
      <Flex vertical gap={12}>
        {choose}
        <Typography.Text type="secondary">{t('webhookAbout')}</Typography.Text>
        <Receivers />
      </Flex>
    )
  }
  const kinds = kindsFor(doc, app)
  const kind = kinds.find((one) => one === wanted) ?? kinds[0]
  const alg = algOf(kind)
  const sample: CallSample = {
    gatewayUrl,
    appId: app?.appId ?? 'YOUR_APP_ID',
    security,
    scheme: alg ? 'hmac-sha256' : kind,
    encrypt: alg,
    method,
    path: filledPath(doc.path, values),
    parameters: withoutPath(doc.path, values),
  }
  const files = sampleFiles[kind ?? 'hmac-sha256']
  const tabs = languages.flatMap(([language, title]) => {
    const file = files[language]
    return file ? [{ key: title, label: title, children: <Sample file={file} language={language} sample={sample} /> }] : []
  })
  const command = { key: 'curl', label: 'curl (npm run sign)', children: <Code title="curl" text={signCommand(sample)} /> }
  return (
    <Flex vertical gap={12}>
      {choose}
      {kinds.length > 1 && (
        <Form.Item label={t('scheme')} htmlFor="sample-scheme" style={{ margin: 0 }}>
          <Select
            id="sample-scheme"
            value={kind}
            onChange={setWanted}
            options={kinds.map((value) => ({ value, label: algOf(value) ? t('samplesEncrypted', { alg: value }) : value }))}
            style={{ maxWidth: 320 }}
          />
        </Form.Item>
      )}
      {doc.schemes.length > 0 && kind === undefined && (
        <Alert type="warning" showIcon title={t('samplesNone', { schemes: doc.schemes.map(({ name }) => name).join(', ') })} />
      )}
      {app && asksByHmac(doc, kind) && !app.schemes.includes('hmac-sha256') && (
        <Alert
          type="warning"
          showIcon
          title={t('samplesNoToken')}
          description={
            <>
              {t('samplesNoTokenHint')} <AppLink underline of={app} tab="credentials" />
            </>
          }
        />
      )}
      <Typography.Text type="secondary">{t('samplesAbout')}</Typography.Text>
      {(kind === 'sm2' || kind === 'sm4-gcm') && <Typography.Text type="secondary">{t(`samplesFewer_${kind}`)}</Typography.Text>}
      <TabSet label={t('samples')} size="small" shown={shown} show={setShown} tabs={alg || kind === 'member' ? tabs : [...tabs, command]} />
    </Flex>
  )
}

/** The best first, of those that the app may use too; and what else may be done to a body. */
function kindsFor(doc: Doc, app: OwnApp | undefined): SampleKind[] {
  // With a token of the app, or of a member.
  if (doc.security === 'token') return forToken.filter((name) => app?.schemes.includes(name) ?? getsToken(name))
  const schemes = doc.schemes.map(({ name }) => name).filter((name) => app?.schemes.includes(name) ?? true) as SampleKind[]
  const hasBody = doc.method === 'POST' || doc.method === 'PUT'
  return hasBody && schemes.includes('hmac-sha256') ? [...schemes, 'aes-256-gcm', 'sm4-gcm'] : schemes
}

const forToken: readonly SampleKind[] = ['hmac-sha256', 'rsa2', 'sm2', 'openapi', 'member']

/** Whether a sample proves by `hmac-sha256` what its own scheme cannot: that a token may be given. */
function asksByHmac({ security }: Doc, kind: SampleKind | undefined): boolean {
  if (kind === undefined) return security === 'token'
  return security === 'token+sign' && !getsToken(kind) && algOf(kind) === undefined
}

function algOf(kind: SampleKind | undefined): 'aes-256-gcm' | 'sm4-gcm' | undefined {
  return kind === 'aes-256-gcm' || kind === 'sm4-gcm' ? kind : undefined
}

const folder = '../../../../examples/clients/'
const templates = import.meta.glob<string>('../../../../examples/clients/*', { query: '?raw', import: 'default' })

interface SampleProps {
  readonly file: string
  readonly language: SampleLanguage
  readonly sample: CallSample
}

function Sample({ file, language, sample }: SampleProps) {
  const { data, error, refetch } = useQuery({
    queryKey: ['sample', file],
    queryFn: templates[folder + file]!,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (error) return <Problem error={error} retry={refetch} />
  return data === undefined ? <Skeleton active /> : <Code title={file} text={fillCall(data, language, sample)} />
}
