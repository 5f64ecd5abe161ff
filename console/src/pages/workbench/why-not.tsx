// Why a request has no string to sign, in the words that the gateway would use.

import { Alert } from 'antd'
import type { Reason } from '#core/fault.ts'
import { Malformed } from '#schemes/parameters.ts'
import { Ambiguous } from '#schemes/php.ts'
import { explainReason } from '#text/text.ts'
import { Words } from '../../components/words.tsx'
import { useLanguage, useText } from '../../text/text.ts'
import type { Why } from './build.ts'

export function WhyNot({ why }: { readonly why: Why }) {
  const t = useText('workbench')
  const language = useLanguage()
  const words = () => {
    if (why instanceof Ambiguous) return explainReason({ reason: 'alike_in_php', names: why.names.join(', ') }, language)
    if (why instanceof Malformed) return explainReason({ reason: why.reason, ...why.facts }, language)
    switch (why.reason) {
      case 'field_absent':
      case 'parameter_missing':
      case 'not_covered':
      case 'digest_wrong':
        return t(`flaw_${why.reason}`, { name: why.name })
      default:
        return explainReason({ reason: why.reason satisfies Reason, name: why.name }, language)
    }
  }
  return <Alert type="warning" showIcon title={<Words text={words()} />} />
}
