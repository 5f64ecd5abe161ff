// What a call was for: the interface that it found, by name, and method and path as they were sent.

import { Flex } from 'antd'
import { useMay } from '../../api/me.ts'
import type { RecordOf } from '../../api/types.ts'
import { Target } from '../../components/interface-name.tsx'
import { TextLink } from '../../components/link.tsx'
import { SmallCode } from '../../components/small-code.tsx'

export function Called({ of: { interfaceId, interfaceName, method, path } }: { readonly of: RecordOf<'GET /openapi/stats/calls'> }) {
  const may = useMay()
  return (
    <Flex vertical align="flex-start">
      {interfaceId !== null && interfaceName !== null && (
        <span>
          <TextLink to={may('view-interface') ? '/interfaces/$id' : '/docs/$id'} params={{ id: String(interfaceId) }}>
            {interfaceName}
          </TextLink>{' '}
          <SmallCode>#{interfaceId}</SmallCode>
        </span>
      )}
      <Target method={method} path={path} />
    </Flex>
  )
}
