// The way to the first call, for a developer: an app, an interface that it may call, and the call.

import { useAsk } from '../../api/query.ts'
import { ButtonLink, primary } from '../../components/link.tsx'
import { useText } from '../../text/text.ts'
import { Guide } from './guide.tsx'
import type { OwnApp } from './own-overview.tsx'

export function FirstCall({ newest, waiting }: { readonly newest: OwnApp | undefined; readonly waiting: number }) {
  const t = useText('home')
  const { data: app } = useAsk('GET /openapi/app/{id}', { params: { id: newest?.id ?? 0 } }, { enabled: newest !== undefined })
  const granted = app?.interfaceIds[0]
  return (
    <Guide
      title={t('toFirstCall')}
      about={t('toFirstCallAbout')}
      steps={[
        {
          title: t('ownAppStep'),
          text: newest ? t('appDone', { name: newest.name }) : t('ownAppText'),
          isDone: newest !== undefined,
          action: (
            <ButtonLink {...primary} to="/my/apps" search={{ add: 'yes' }}>
              {t('mine:add')}
            </ButtonLink>
          ),
        },
        {
          title: t('applyStep'),
          text: granted === undefined && waiting > 0 ? t('applyWaits') : t('applyText'),
          isDone: granted !== undefined,
          action: newest && (
            <>
              <ButtonLink
                {...(waiting > 0 ? {} : primary)}
                to="/my/apps/$id"
                params={{ id: String(newest.id) }}
                search={{ tab: 'interfaces' }}
              >
                {t('mine:apply')}
              </ButtonLink>
              <ButtonLink to="/docs">{t('readDocs')}</ButtonLink>
            </>
          ),
        },
        {
          title: t('ownCallStep'),
          text: newest?.status === 1 ? t('appDisabled') : t('ownCallText'),
          isDone: false,
          action: granted !== undefined && newest?.status === 0 && (
            <ButtonLink {...primary} to="/docs/$id" params={{ id: String(granted) }} search={{ tab: 'try' }}>
              {t('callNow')}
            </ButtonLink>
          ),
        },
      ]}
    />
  )
}
