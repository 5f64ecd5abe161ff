// Why calls were refused, as a part of the statistics. Errors are counted by app; of one interface the call log tells them.

import { DownloadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { saveCsv } from '../../components/csv.ts'
import { TextLink } from '../../components/link.tsx'
import { Panel } from '../../components/panel.tsx'
import { type Range, searchOf } from '../../components/range.tsx'
import { useText } from '../../text/text.ts'
import { ErrorsTable } from './errors-table.tsx'
import type { Narrowed } from './group.tsx'

export function Errors({ range, appId, interfaceId }: Narrowed & { readonly range: Range }) {
  const t = useText('statistics')
  if (interfaceId !== undefined) {
    const search = { ...searchOf(range), interfaceId, ...(appId === undefined ? {} : { appId }) }
    return (
      <Panel title={t('overview:errors')}>
        {t('errorsOfInterface')}{' '}
        <TextLink to="/calls" search={search}>
          {t('overview:toCalls')}
        </TextLink>
      </Panel>
    )
  }
  const name = `errors-${range.from?.slice(0, 10)}.csv`
  return (
    <ErrorsTable
      of={range}
      appId={appId}
      extra={(errors) =>
        errors.length > 0 && (
          <Button
            size="small"
            icon={<DownloadOutlined />}
            onClick={() => saveCsv(name, [['error', 'calls'], ...errors.map(({ error, calls }) => [error, calls])])}
          >
            {t('saveErrors')}
          </Button>
        )
      }
    />
  )
}
