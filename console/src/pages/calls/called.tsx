// What a call was for, by name and as it was sent, and whose it was.

import { useMay } from '../../api/me.ts'
import type { RecordOf } from '../../api/types.ts'
import { AppName } from '../../components/app-name.tsx'
import { Target } from '../../components/interface-name.tsx'
import { TextLink } from '../../components/link.tsx'
import { SmallCode } from '../../components/small-code.tsx'

type Call = RecordOf<'GET /openapi/stats/calls'>

export function Called({ of: { interfaceId, interfaceName, method, path } }: { readonly of: Call }) {
  const may = useMay()
  return (
    <div>
      {interfaceId !== null && interfaceName !== null && (
        <div>
          <TextLink to={may('view-interface') ? '/interfaces/$id' : '/docs/$id'} params={{ id: String(interfaceId) }}>
            {interfaceName}
          </TextLink>{' '}
          <SmallCode>#{interfaceId}</SmallCode>
        </div>
      )}
      <Target method={method} path={path} />
    </div>
  )
}

export function Caller({ of: { app, appId } }: { readonly of: Call }) {
  return app === null || appId === null ? '–' : <AppName of={app} appId={appId} />
}
