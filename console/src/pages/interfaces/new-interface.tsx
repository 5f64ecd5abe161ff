// An interface that is not there yet.

import { PageShell } from '../../components/page-shell.tsx'
import { useText } from '../../text/text.ts'
import { Definition } from './definition.tsx'

export function Page() {
  const t = useText('interfaces')
  return (
    <PageShell title={t('add')} about={t('addAbout')}>
      <Definition />
    </PageShell>
  )
}
