// Whole receivers to copy, in the languages of examples/webhooks.

import { useState } from 'react'
import { fillIn } from '../../../../examples/fill.ts'
import java from '../../../../examples/webhooks/Receive.java?raw'
import go from '../../../../examples/webhooks/receive.go?raw'
import php from '../../../../examples/webhooks/receive.php?raw'
import python from '../../../../examples/webhooks/receive.py?raw'
import ts from '../../../../examples/webhooks/receive.ts?raw'
import { Code } from '../../components/code.tsx'
import { TabSet } from '../../components/tab-set.tsx'
import { useText } from '../../text/text.ts'

const receivers = [
  { title: 'TypeScript', file: 'receive.ts', text: fillIn(ts, 'ts', {}) },
  { title: 'Java', file: 'Receive.java', text: fillIn(java, 'java', {}) },
  { title: 'Python', file: 'receive.py', text: fillIn(python, 'python', {}) },
  { title: 'PHP', file: 'receive.php', text: fillIn(php, 'php', {}) },
  { title: 'Go', file: 'receive.go', text: fillIn(go, 'go', {}) },
]

export default function Receivers() {
  const t = useText('events')
  const [shown, setShown] = useState('TypeScript')
  return (
    <TabSet
      label={t('learnReceivers')}
      size="small"
      shown={shown}
      show={setShown}
      tabs={receivers.map(({ title, file, text }) => ({ key: title, label: title, children: <Code title={file} text={text} /> }))}
    />
  )
}
