// One interface as its callers need it: document, parameters, errors; samples and trials as one of the reader's apps.

import { PrinterOutlined } from '@ant-design/icons'
import { useParams } from '@tanstack/react-router'
import { Alert, Button, Skeleton } from 'antd'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useMayOwn } from '../../api/me.ts'
import { useAsk } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { TextLink } from '../../components/link.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { Problem } from '../../components/problem.tsx'
import { Sections } from '../../components/sections.tsx'
import { useText } from '../../text/text.ts'
import { Call, docAt } from './docs.tsx'
import { type OwnApp, OwnAppSelect, useOwnApps } from './own-app.tsx'
import { exampleOf, type Schema, wholeSchema } from './parameter-rows.ts'
import { pathNames } from './path.ts'
import { Read } from './read.tsx'
import { TryIt } from './try-it.tsx'
import './doc.css'

const Samples = lazy(() => import('./samples.tsx'))

export type Doc = Answer<'GET /openapi/doc/{id}'>
export type Values = Readonly<Record<string, unknown>>

export function Page() {
  const { id } = useParams({ strict: false }) as { readonly id: string }
  const { data, error, refetch } = useAsk('GET /openapi/doc/{id}', { params: { id } })
  if (error && !data) return <Problem error={error} retry={refetch} />
  if (!data) return <Skeleton active />
  return <Whole key={data.id} doc={data} />
}

function Whole({ doc }: { readonly doc: Doc }) {
  const t = useText('docs')
  const may = useMayOwn()
  const apps = useOwnApps()
  const [app, setApp] = useState<OwnApp>()
  // What stands in the form of the trial stands in the samples.
  const schema = useMemo(() => wholeSchema((doc.paramSchema ?? {}) as Schema), [doc.paramSchema])
  const [values, setValues] = useState<Values>(() => beginning(doc.path, schema))
  const chosen = app ?? apps.find(({ status }) => status === 0) ?? apps[0]
  const choose = <OwnAppSelect apps={apps} chosen={chosen} choose={setApp} />
  const isDownlink = doc.type === 1
  return (
    <PageShell
      title={doc.name}
      about={<Call method={doc.method} path={doc.path} />}
      actions={
        <Button className="not-printed" icon={<PrinterOutlined />} onClick={() => print()}>
          {t('print')}
        </Button>
      }
    >
      <Ending doc={doc} />
      <Sections
        label={t('one')}
        sections={[
          { key: 'document', label: t('document'), content: <Read doc={doc} schema={schema} /> },
          {
            key: 'samples',
            label: t('samples'),
            content: (
              <Suspense fallback={<Skeleton active />}>
                <Samples doc={doc} app={chosen} values={values} choose={choose} />
              </Suspense>
            ),
          },
          {
            key: 'try',
            label: t('tryIt'),
            content: isDownlink ? (
              <Alert type="info" showIcon title={t('tryDownlink')} />
            ) : !may('try-app') ? (
              <Alert type="info" showIcon title={t('common:forbiddenHint', { permission: 'try-app' })} />
            ) : (
              <TryIt doc={doc} schema={schema} app={chosen} values={values} onValues={setValues} choose={choose} />
            ),
          },
        ]}
      />
    </PageShell>
  )
}

/** What is needed, with examples; the rest is for the reader to add. */
function beginning(path: string, schema: Schema): Values {
  const examples = Object.entries(schema.properties ?? {}).filter(([name]) => schema.required?.includes(name))
  const inPath = pathNames(path).flatMap((name) => (schema.properties?.[name] ? [[name, exampleOf(schema.properties[name])] as const] : []))
  return { ...Object.fromEntries(examples.map(([name, one]) => [name, exampleOf(one)])), ...Object.fromEntries(inPath) }
}

function Ending({ doc }: { readonly doc: Doc }) {
  const t = useText('docs')
  const { deprecationTime, sunsetTime, versions } = doc
  if (!deprecationTime && !sunsetTime) return null
  const newer = versions.find((one) => one.id !== doc.id && !one.deprecationTime)
  const words = [deprecationTime && t('deprecatedSince', { since: deprecationTime }), sunsetTime && t('sunset', { at: sunsetTime })]
  return (
    <Alert
      type="warning"
      showIcon
      title={words.filter(Boolean).join(' ')}
      action={newer && <TextLink to={docAt(newer.id)}>{t('newer', { version: newer.version })}</TextLink>}
    />
  )
}
