// What is done to interfaces from their list and from their page; each says first what it does to whom.

import { App } from 'antd'
import { ask } from '../../api/ask.ts'
import { useTell } from '../../api/query.ts'
import { useConfirm } from '../../components/confirm-action.tsx'
import { useText } from '../../text/text.ts'
import type { Interface } from './interfaces.tsx'

export function useInterfaceActions() {
  const t = useText('interfaces')
  const confirm = useConfirm()
  const { message } = App.useApp()
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

    async disable({ id, name }: Interface): Promise<void> {
      try {
        const [apps, calls] = await Promise.all([
          ask('GET /openapi/app/page', { query: { interfaceId: id, size: 1 } }),
          ask('GET /openapi/stats/current', { query: { interfaceId: id } }),
        ])
        confirm({
          title: t('disableOf', { name: name ?? '' }),
          effect: t('disableEffect', { apps: apps.total, calls: calls.day.toLocaleString() }),
          label: t('disable'),
          act: () => disable.mutateAsync({ params: { id } }),
        })
      } catch (error) {
        message.error((error as Error).message)
      }
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
