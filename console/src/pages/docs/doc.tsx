// One interface as its callers need it: document, parameters, errors; samples and trials as one of the reader's apps.

import { useParams } from '@tanstack/react-router'
import { Alert, Card, Flex, Skeleton, Tag, Typography } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useAsk } from '../../api/query.ts'
import type { Answer } from '../../api/types.ts'
import { type Fact, Facts } from '../../components/facts.tsx'
import { TextLink } from '../../components/link.tsx'
import { Markdown } from '../../components/markdown.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { Problem } from '../../components/problem.tsx'
import { TabSet } from '../../components/tab-set.tsx'
import { useUrlState } from '../../components/url-state.ts'
import { useText } from '../../text/text.ts'
import { Call, docAt } from './docs.tsx'
import { type OwnApp, OwnAppSelect, useOwnApps } from './own-app.tsx'
import { exampleOf, type Schema } from './parameter-rows.ts'
import { Parameters } from './parameters.tsx'
import { pathNames } from './path.ts'
import { TryIt } from './try-it.tsx'

const Samples = lazy(() => import('./samples.tsx'))

export type Doc = Answer<'GET /openapi/doc/{id}'>
export type Values = Readonly<Record<string, unknown>>

export function Page() {
  const { id } = useParams({ strict: false }) as { readonly id: string }
  const { data, error, refetch } = useAsk('GET /openapi/doc/{id}', { params: { id } })
  if (error) return <Problem error={error} retry={refetch} />
  if (!data) return <Skeleton active />
  return <Whole key={data.id} doc={data} />
}

function Whole({ doc }: { readonly doc: Doc }) {
  const t = useText('docs')
  const [{ tab = 'document' }, change] = useUrlState()
  const apps = useOwnApps()
  const [app, setApp] = useState<OwnApp>()
  // What stands in the form of the trial stands in the samples.
  const [values, setValues] = useState<Values>(() => beginning(doc))
  const chosen = app ?? apps.find(({ status }) => status === 0) ?? apps[0]
  const choose = <OwnAppSelect apps={apps} chosen={chosen} choose={setApp} />
  const isDownlink = doc.type === 1
  return (
    <PageShell title={doc.name} about={<Call method={doc.method} path={doc.path} />}>
      <Ending doc={doc} />
      <TabSet
        label={doc.name}
        shown={tab}
        show={(key) => change({ tab: key === 'document' ? undefined : key }, { replace: true })}
        tabs={[
          { key: 'document', label: t('document'), children: <Read doc={doc} /> },
          {
            key: 'samples',
            label: t('samples'),
            children: (
              <Suspense fallback={<Skeleton active />}>
                <Samples doc={doc} app={chosen} values={values} choose={choose} />
              </Suspense>
            ),
          },
          {
            key: 'try',
            label: t('tryIt'),
            children: isDownlink ? (
              <Alert type="info" showIcon title={t('tryDownlink')} />
            ) : (
              <TryIt doc={doc} app={chosen} values={values} onValues={setValues} choose={choose} />
            ),
          },
        ]}
      />
    </PageShell>
  )
}

/** What is needed, with examples; the rest is for the reader to add. */
function beginning({ paramSchema, path }: Doc): Values {
  const schema = (paramSchema ?? {}) as Schema
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

function Read({ doc }: { readonly doc: Doc }) {
  const t = useText('docs')
  const { versions, limitCount, projectParam, remark } = doc
  const facts: Fact[] = [
    [t('url'), <Typography.Text key="url" copyable style={{ overflowWrap: 'anywhere' }}>{`${doc.gatewayUrl}${doc.path}`}</Typography.Text>],
    [t('type'), doc.type === 1 ? t('downlink') : t('uplink')],
    [t('security'), t(`security_${doc.security}`)],
    [t('version'), versions.length > 1 ? <Versions key="versions" doc={doc} /> : doc.version],
    ...(limitCount === null ? [] : [[t('limit'), t('perSecond', { count: limitCount })] as const]),
    ...(projectParam === null ? [] : [[t('projectParam'), <code key="project">{projectParam}</code>] as const]),
    ...(remark ? [[t('remark'), remark] as const] : []),
  ]
  return (
    <Flex vertical gap={16}>
      <Card size="small">
        <Facts facts={facts} />
      </Card>
      <Card size="small" title={t('document')}>
        {doc.doc ? <Markdown text={doc.doc} /> : <Typography.Text type="secondary">{t('noDocument')}</Typography.Text>}
      </Card>
      <Card size="small" title={t('parameters')}>
        <Parameters schema={doc.paramSchema as Schema | null} />
      </Card>
      {doc.schemes.length > 0 && (
        <Card size="small" title={t('schemes')}>
          <Schemes schemes={doc.schemes} />
        </Card>
      )}
      <Card size="small" title={t('errors')}>
        <Errors errors={doc.errors} />
      </Card>
    </Flex>
  )
}

function Versions({ doc }: { readonly doc: Doc }) {
  return (
    <Flex wrap gap={12}>
      {doc.versions.map(({ id, version }) =>
        id === doc.id ? (
          <strong key={id}>{version}</strong>
        ) : (
          <TextLink key={id} to={docAt(id)}>
            {version}
          </TextLink>
        ),
      )}
    </Flex>
  )
}

const advised: ReadonlySet<string> = new Set(['hmac-sha256', 'rfc9421'])

function Schemes({ schemes }: Pick<Doc, 'schemes'>) {
  const t = useText('docs')
  return (
    <dl style={{ display: 'grid', gap: 12, margin: 0 }}>
      {schemes.map(({ name, weaknesses }) => (
        <div key={name}>
          <dt>
            <code>{name}</code> {advised.has(name) && <Tag color="blue">{t('advised')}</Tag>}
          </dt>
          {weaknesses.map(({ name, text }) => (
            <dd key={name} style={{ margin: 0, color: 'var(--ant-color-text-secondary)', fontSize: 13 }}>
              {text}
            </dd>
          ))}
        </div>
      ))}
    </dl>
  )
}

function Errors({ errors }: Pick<Doc, 'errors'>) {
  const t = useText('docs')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <div tabIndex={0} style={{ overflowX: 'auto' }}>
      <table className="pairs" style={{ minWidth: 600 }}>
        <thead>
          <tr>
            <th scope="col">{t('error')}</th>
            <th scope="col">{t('status')}</th>
            <th scope="col">{t('meaning')}</th>
          </tr>
        </thead>
        <tbody>
          {errors.map(({ error, status, code, text }) => (
            <tr key={error}>
              <td>
                <code style={{ whiteSpace: 'nowrap' }}>{error}</code>
                <div style={{ color: 'var(--ant-color-text-description)' }} className="numbers">
                  {code}
                </div>
              </td>
              <td className="numbers">{status}</td>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
