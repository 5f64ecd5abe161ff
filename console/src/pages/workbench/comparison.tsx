// Somebody's own string beside the right one, and the mistake that would make the one of the other.

import { Alert, Flex } from 'antd'
import { likelyMistake } from '#schemes/likely-mistake.ts'
import { asParameters, readPasted } from '#schemes/pasted-request.ts'
import { stringForms } from '#schemes/string-form.ts'
import { explainCause } from '#text/text.ts'
import { Difference } from '../../components/difference.tsx'
import { useLanguage, useText } from '../../text/text.ts'
import { type Draft, schemeOf } from './build.ts'

interface ComparisonProps {
  readonly draft: Draft
  readonly right: string
  readonly own: string
}

export function Comparison({ draft, right, own }: ComparisonProps) {
  const t = useText('workbench')
  const language = useLanguage()
  const mistake = own === right ? undefined : mistakeIn(draft, own)
  return (
    <Flex vertical gap={12}>
      {mistake && (
        <Alert type="info" showIcon title={t('mistake')} description={explainCause(mistake.mistake, mistake.parameter, language)} />
      )}
      <Difference right={{ title: t('expected'), text: right }} other={{ title: t('yours'), text: own }} />
    </Flex>
  )
}

function mistakeIn(draft: Draft, own: string) {
  const request = readPasted(draft.text)
  const scheme = schemeOf(draft)
  if (!request || !scheme || !(scheme in stringForms)) return undefined
  return likelyMistake(stringForms[scheme as keyof typeof stringForms], asParameters(request), own)
}
