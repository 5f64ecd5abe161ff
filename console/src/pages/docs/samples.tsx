// Samples in the languages of examples/, filled with the reader's app, the interface, and what stands in the form of the trial.

import { Alert, Flex, Form, Select, Typography } from 'antd'
import { type ReactNode, useState } from 'react'
import javaClient from '../../../../examples/clients/Client.java?raw'
import goClient from '../../../../examples/clients/client.go?raw'
import phpClient from '../../../../examples/clients/client.php?raw'
import pythonClient from '../../../../examples/clients/client.py?raw'
import shClient from '../../../../examples/clients/client.sh?raw'
import tsClient from '../../../../examples/clients/client.ts?raw'
import { fillCall, type SampleLanguage, sampleSchemes, signCommand } from '../../../../examples/fill.ts'
import { Code } from '../../components/code.tsx'
import { TabSet } from '../../components/tab-set.tsx'
import { useText } from '../../text/text.ts'
import Receivers from '../events/receivers.tsx'
import type { Doc, Values } from './doc.tsx'
import type { OwnApp } from './own-app.tsx'
import { filledPath, withoutPath } from './path.ts'

interface Sample {
  readonly title: string
  readonly language: SampleLanguage
  readonly file: string
  readonly template: string
}

const clients: readonly Sample[] = [
  { title: 'TypeScript', language: 'ts', file: 'client.ts', template: tsClient },
  { title: 'Java', language: 'java', file: 'Client.java', template: javaClient },
  { title: 'Python', language: 'python', file: 'client.py', template: pythonClient },
  { title: 'PHP', language: 'php', file: 'client.php', template: phpClient },
  { title: 'Go', language: 'go', file: 'client.go', template: goClient },
  { title: 'Shell', language: 'sh', file: 'client.sh', template: shClient },
]

/** What `npm run sign` signs by. */
const signed = ['hmac-sha256', 'rfc9421', 'rsa2', 'sm2', 'openapi', 'auth-id']

interface SamplesProps {
  readonly doc: Doc
  readonly app: OwnApp | undefined
  readonly values: Values
  readonly choose: ReactNode
}

export default function Samples({ doc, app, values, choose }: SamplesProps) {
  const t = useText('docs')
  const [shown, setShown] = useState('TypeScript')
  const [wanted, setWanted] = useState<string>()
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
  const parameters = withoutPath(doc.path, values)
  // The best first, of those that the app may use too.
  const schemes = doc.schemes.map(({ name }) => name).filter((name) => signed.includes(name) && (app?.schemes.includes(name) ?? true))
  const scheme = schemes.find((name) => name === wanted) ?? schemes[0]
  const sample = { gatewayUrl, appId: app?.appId ?? 'YOUR_APP_ID', security, scheme, method, path: filledPath(doc.path, values), parameters } // biome-ignore format: one row
  const able = clients.filter(({ language }) => scheme === undefined || sampleSchemes[language].includes(scheme))
  const items = [
    ...able.map(({ title, language, file, template }) => ({ title, file, text: fillCall(template, language, sample) })),
    { title: 'curl (npm run sign)', file: 'curl', text: signCommand(sample) },
  ]
  return (
    <Flex vertical gap={12}>
      {choose}
      {schemes.length > 1 && (
        <Form.Item label={t('scheme')} htmlFor="sample-scheme" style={{ margin: 0 }}>
          <Select
            id="sample-scheme"
            value={scheme}
            onChange={setWanted}
            options={schemes.map((name) => ({ value: name, label: name }))}
            style={{ maxWidth: 220 }}
          />
        </Form.Item>
      )}
      {doc.schemes.length > 0 && scheme === undefined && (
        <Alert type="warning" showIcon title={t('samplesNone', { schemes: doc.schemes.map(({ name }) => name).join(', ') })} />
      )}
      <Typography.Text type="secondary">{t('samplesAbout')}</Typography.Text>
      {able.length < clients.length && able.length > 0 && (
        <Typography.Text type="secondary">{t('samplesFewer', { scheme })}</Typography.Text>
      )}
      {able.length === 0 && <Typography.Text type="secondary">{t('samplesBySign', { scheme })}</Typography.Text>}
      <TabSet
        label={t('samples')}
        size="small"
        shown={shown}
        show={setShown}
        tabs={items.map(({ title, file, text }) => ({ key: title, label: title, children: <Code title={file} text={text} /> }))}
      />
    </Flex>
  )
}
