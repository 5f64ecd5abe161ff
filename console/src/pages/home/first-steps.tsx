// On an empty platform: from nothing to the first call in four buttons, with a service that comes along. What they make is what
// an operator would make by hand, and can be looked at and deleted where it stands.

import { Button } from 'antd'
import { useState } from 'react'
import { useAsk, useTell } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { ButtonLink, primary } from '../../components/link.tsx'
import { Problem } from '../../components/problem.tsx'
import { Secret } from '../../components/secret.tsx'
import { useText } from '../../text/text.ts'
import { Guide } from './guide.tsx'

export function FirstSteps() {
  const t = useText('home')
  const services = useAsk('GET /openapi/service/page', { query: { size: 1 } })
  const interfaces = useAsk('GET /openapi/interface/page', { query: { size: 1, status: '1' } })
  const apps = useAsk('GET /openapi/app/page', { query: { size: 1, status: '0' } })
  const addService = useTell('POST /openapi/service/demo')
  const addInterface = useTell('POST /openapi/interface/add')
  const { makeApp, isMaking, problem, made, close } = useDemoApp()
  if (!services.data || !interfaces.data || !apps.data) return null
  const [service] = services.data.records
  const [published] = interfaces.data.records
  const [app] = apps.data.records
  const error = addService.error ?? addInterface.error ?? problem
  return (
    <>
      <Guide
        title={t('begin')}
        about={t('beginAbout')}
        steps={[
          {
            title: t('serviceStep'),
            text: service ? t('serviceDone', { name: service.name }) : t('serviceText'),
            isDone: service !== undefined,
            action: (
              <>
                <Button type="primary" loading={addService.isPending} onClick={() => addService.mutate({})}>
                  {t('addDemo')}
                </Button>
                <ButtonLink to="/services">{t('ownService')}</ButtonLink>
              </>
            ),
          },
          {
            title: t('interfaceStep'),
            text: published ? t('interfaceDone', { name: published.name ?? '' }) : t('interfaceText'),
            isDone: published !== undefined,
            action: (
              <Button
                type="primary"
                loading={addInterface.isPending}
                onClick={() =>
                  addInterface.mutate({ body: { ...greeting, name: t('helloName'), doc: t('helloDoc'), serviceId: service!.id } })
                }
              >
                {t('addInterface')}
              </Button>
            ),
          },
          {
            title: t('appStep'),
            text: app ? t('appDone', { name: app.name }) : t('appText'),
            isDone: app !== undefined,
            action: (
              <Button type="primary" loading={isMaking} onClick={() => makeApp(published!.id)}>
                {t('addApp')}
              </Button>
            ),
          },
          {
            title: t('callStep'),
            text: t('callText'),
            isDone: false,
            action: (
              <ButtonLink {...primary} to="/docs/$id" params={{ id: String(published?.id) }} search={{ tab: 'try' }}>
                {t('callNow')}
              </ButtonLink>
            ),
          },
        ]}
      />
      {error && <Problem error={error} />}
      <Secret secret={made?.appSecret} title={t('appMade')} facts={{ appId: made?.appId ?? '' }} name="appSecret" onClose={close} />
    </>
  )
}

const greeting = {
  method: 'GET',
  path: '/api/{version}/hello',
  version: 'v1',
  type: 0,
  serviceType: 1,
  status: 1,
  approval: 'auto',
  paramSchema: { type: 'object', properties: { name: { type: 'string', maxLength: 64, examples: ['Kaimen'] } } },
} as const

/** An app that may call one interface at once. */
function useDemoApp() {
  const t = useText('home')
  const add = useTell('POST /openapi/app/add')
  const enable = useTell('PUT /openapi/app/enable/{id}')
  const grant = useTell('PUT /openapi/app/config/{id}')
  const [made, setMade] = useState<Answer<'POST /openapi/app/add'>>()
  const [problem, setProblem] = useState<Error>()
  const [isMaking, setMaking] = useState(false)
  async function makeApp(interfaceId: number) {
    setMaking(true)
    setProblem(undefined)
    try {
      const app = await add.mutateAsync({ body: { name: t('helloApp') } })
      // The secret is shown this once, whatever becomes of the rest.
      setMade(app)
      await grant.mutateAsync({ params: { id: app.id }, body: { interfaceIds: [interfaceId] } })
      await enable.mutateAsync({ params: { id: app.id } })
    } catch (thrown) {
      setProblem(thrown as Error)
    } finally {
      setMaking(false)
    }
  }
  return { makeApp, isMaking, problem, made, close: () => setMade(undefined) }
}
