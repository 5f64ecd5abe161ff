// All permissions there are, in the modules that they are shown under.

import { useAsk } from '../../api/query.ts'
import type { RecordOf } from '../../api/types.ts'

type Permission = RecordOf<'GET /openapi/permission/page'>

interface Module {
  readonly name: string
  readonly title: string
  readonly permissions: readonly Permission[]
}

export function useModules(): readonly Module[] {
  const { data } = useAsk('GET /openapi/permission/page', { query: { size: 200 } }, { staleTime: 300_000 })
  const modules = Map.groupBy(data?.records ?? [], ({ module }) => module)
  return [...modules].map(([name, permissions]) => ({ name, title: permissions[0]!.moduleTitle, permissions }))
}
