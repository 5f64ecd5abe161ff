// What is done to interfaces from their list and from their page; each says first what it does to whom.

import { Skeleton } from 'antd'
import { useAsk, useTell } from '../../api/query.ts'
import { useConfirm } from '../../components/confirm-action.tsx'
import { Problem } from '../../components/problem.tsx'
import { useText } from '../../text/text.ts'
import type { Interface } from './interfaces.tsx'

export function useInterfaceActions() {
  const t = useText('interfaces')
  const confirm = useConfirm()
  const publish = useTell('PUT /openapi/interface/publish/{id}')
  const disable = useTell('PUT /openapi/interface/disable/{id}')
  const remove = useTell('DELETE /openapi/interface')

  return {
    publish({ id, name, tripped }: Interface): void {
      confirm({
        title: t('publishOf', { name: name ?? '' }),
        effect: t('publishEffect'),
        label: tripped ? t('reopen') : t('publish'),
        danger: false,
        act: () => publish.mutateAsync({ params: { id } }),
      })
    },

    disable({ id, name }: Interface): void {
      confirm({
        title: t('disableOf', { name: name ?? '' }),
        effect: <WhoFeelsIt id={id} />,
        label: t('disable'),
        act: () => disable.mutateAsync({ params: { id } }),
      })
    },

    /** `after` when they are gone. */
    remove(some: readonly Interface[], after: () => void = () => {}): void {
      const title = some.length === 1 ? t('deleteOf', { name: some[0]!.name ?? '' }) : t('deleteSomeOf', { count: some.length })
      const ids = some.map(({ id }) => id).join(',')
      confirm({
        title,
        effect: t('deleteEffect'),
        label: t('common:delete'),
        act: () => remove.mutateAsync({ query: { ids } }).then(after),
      })
    },
  }
}

/** Asked for when the question stands there already: what is wrong with an interface may be why one waits for such answers. */
function WhoFeelsIt({ id }: { readonly id: number }) {
  const t = useText('interfaces')
  const apps = useAsk('GET /openapi/app/page', { query: { interfaceId: id, size: 1 } })
  const calls = useAsk('GET /openapi/stats/current', { query: { interfaceId: id } })
  const error = apps.error ?? calls.error
  if (apps.data && calls.data) return t('disableEffect', { apps: apps.data.total, calls: calls.data.day.toLocaleString() })
  return error ? <Problem error={error} /> : <Skeleton active title={false} paragraph={{ rows: 2 }} />
}
