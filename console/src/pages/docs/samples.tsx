// Samples in the languages of examples/, filled with the reader's app, the interface, and what stands in the form of the trial.

import { Flex, Typography } from 'antd'
import { type ReactNode, useState } from 'react'
import javaClient from '../../../../examples/clients/Client.java?raw'
import goClient from '../../../../examples/clients/client.go?raw'
import phpClient from '../../../../examples/clients/client.php?raw'
import pythonClient from '../../../../examples/clients/client.py?raw'
import shClient from '../../../../examples/clients/client.sh?raw'
import tsClient from '../../../../examples/clients/client.ts?raw'
import { fillCall, type SampleLanguage, signCommand } from '../../../../examples/fill.ts'
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

interface SamplesProps {
  readonly doc: Doc
  readonly app: OwnApp | undefined
  readonly values: Values
  readonly choose: ReactNode
}

export default function Samples({ doc, app, values, choose }: SamplesProps) {
  const t = useText('docs')
  const [shown, setShown] = useState('TypeScript')
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
  const sample = { gatewayUrl, appId: app?.appId ?? 'YOUR_APP_ID', security, method, path: filledPath(doc.path, values), parameters }
  const items = [
    ...clients.map(({ title, language, file, template }) => ({ title, file, text: fillCall(template, language, sample) })),
    { title: 'curl (npm run sign)', file: 'curl', text: signCommand(sample) },
  ]
  return (
    <Flex vertical gap={12}>
      {choose}
      <Typography.Text type="secondary">{t('samplesAbout')}</Typography.Text>
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
