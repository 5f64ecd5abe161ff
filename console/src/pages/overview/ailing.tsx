// Services whose targets gateways keep calls from at this moment. Nothing is shown while all are well.

import { Alert } from 'antd'
import { useAsk } from '../../api/query.ts'
import { TextLink } from '../../components/link.tsx'
import { useText } from '../../text/text.ts'

export function Ailing() {
  const t = useText('overview')
  const { data } = useAsk('GET /openapi/service/health', {}, { refetchInterval: 10_000 })
  const ailing = data?.ailing ?? []
  if (ailing.length === 0) return null
  return (
    <Alert
      type="warning"
      showIcon
      title={t('ailing', { number: ailing.length })}
      description={
        <>
          {t('ailingHint')}
          <ul style={{ margin: '4px 0 0', paddingInlineStart: 20 }}>
            {ailing.map(({ serviceId, url }) => (
              <li key={`${serviceId} ${url}`}>
                <TextLink to="/services">{url}</TextLink>
              </li>
            ))}
          </ul>
        </>
      }
    />
  )
}
