// The document of an interface, from top to bottom: where it is, what its author wrote, what goes in, what comes out, and what may go wrong.

import { Card, Flex, Tag, Typography } from 'antd'
import type { ReactNode } from 'react'
import { Anchor, useHash } from '../../components/anchor.tsx'
import { Code } from '../../components/code.tsx'
import { type Fact, Facts } from '../../components/facts.tsx'
import { TextLink } from '../../components/link.tsx'
import { Markdown } from '../../components/markdown.tsx'
import { StatusTag } from '../../components/status-tag.tsx'
import { Words } from '../../components/words.tsx'
import { type TextKey, useText } from '../../text/text.ts'
import { advised } from '../workbench/rules.ts'
import type { Doc } from './doc.tsx'
import { docAt } from './docs.tsx'
import type { Schema } from './parameter-rows.ts'
import { Parameters } from './parameters.tsx'

interface Section {
  readonly id: string
  readonly title: string
  readonly content: ReactNode
}

export function Read({ doc, schema }: { readonly doc: Doc; readonly schema: Schema }) {
  const t = useText('docs')
  useHash(true)
  const isDownlink = doc.type === 1
  const sections: readonly Section[] = [
    {
      id: 'document',
      title: t('document'),
      content: doc.doc ? <Markdown text={doc.doc} /> : <Typography.Text type="secondary">{t('noDocument')}</Typography.Text>,
    },
    { id: 'parameters', title: t('parameters'), content: <Parameters doc={doc} schema={schema} /> },
    ...(isDownlink ? [] : [{ id: 'answers', title: t('answers'), content: <Answers doc={doc} /> }]),
    ...(doc.schemes.length > 0 ? [{ id: 'schemes', title: t('schemes'), content: <Schemes schemes={doc.schemes} /> }] : []),
    ...(isDownlink ? [] : [{ id: 'errors', title: t('errors'), content: <Errors errors={doc.errors} /> }]),
  ]
  return (
    <Flex vertical gap={16}>
      <Card size="small">
        <About doc={doc} />
      </Card>
      <nav aria-label={t('onThisPage')} className="on-this-page">
        {sections.map(({ id, title }) => (
          <TextLink key={id} to="." hash={id} search={true}>
            {title}
          </TextLink>
        ))}
      </nav>
      {sections.map(({ id, title, content }) => (
        <Card key={id} size="small" title={<Anchor id={id}>{title}</Anchor>}>
          {content}
        </Card>
      ))}
    </Flex>
  )
}

function About({ doc }: { readonly doc: Doc }) {
  const t = useText('docs')
  const { versions, limitCount, projectParam, remark, deprecationTime, sunsetTime } = doc
  const facts: Fact[] = [
    [t('url'), <Typography.Text key="url" copyable style={{ overflowWrap: 'anywhere' }}>{`${doc.gatewayUrl}${doc.path}`}</Typography.Text>],
    [t('type'), doc.type === 1 ? t('downlink') : t('uplink')],
    [t('security'), t(`security_${doc.security}`)],
    [t('version'), versions.length > 1 ? <Versions key="versions" doc={doc} /> : doc.version],
    ...(deprecationTime ? [[t('deprecated'), deprecationTime] as const] : []),
    ...(sunsetTime ? [[t('sunsetTime'), sunsetTime] as const] : []),
    [t('limit'), limitCount === null ? t('noLimit') : t('perSecond', { count: limitCount })],
    ...(projectParam === null ? [] : [[t('projectParam'), <code key="project">{projectParam}</code>] as const]),
    ...(remark ? [[t('remark'), remark] as const] : []),
  ]
  return <Facts facts={facts} />
}

function Versions({ doc }: { readonly doc: Doc }) {
  const t = useText('docs')
  return (
    <Flex wrap gap={12}>
      {doc.versions.map(({ id, version, deprecationTime }) => (
        <Flex key={id} gap={8}>
          {id === doc.id ? <strong>{version}</strong> : <TextLink to={docAt(id)}>{version}</TextLink>}
          {deprecationTime && <StatusTag mood="warn">{t('deprecated')}</StatusTag>}
        </Flex>
      ))}
    </Flex>
  )
}

/** What callers find beside the body, of those that an answer of this interface may have. */
function fieldsOf({ limitCount, deprecationTime, sunsetTime }: Doc): readonly (readonly [name: string, key: TextKey])[] {
  return [
    ['X-Request-Id', 'docs:fieldRequestId'],
    ['RateLimit, RateLimit-Policy', limitCount === null ? 'docs:fieldRateLimitOfApp' : 'docs:fieldRateLimit'],
    ['Retry-After', 'docs:fieldRetryAfter'],
    ...(deprecationTime ? [['Deprecation', 'docs:fieldDeprecation'] as const] : []),
    ...(sunsetTime ? [['Sunset', 'docs:fieldSunset'] as const] : []),
  ]
}

function Answers({ doc }: { readonly doc: Doc }) {
  const t = useText('docs')
  const [refusal] = doc.errors
  const envelope = refusal && { code: refusal.code, msg: refusal.text, data: null, error: refusal.error, requestId: '3f6c1c9e-8a3e-4b6e-9d7b-0a4d5f1f2c11' } // biome-ignore format: one row
  return (
    <Flex vertical gap={12}>
      <Typography.Text>{t('answerPassed')}</Typography.Text>
      <dl className="facts">
        {fieldsOf(doc).map(([name, key]) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>{t(key)}</dd>
          </div>
        ))}
      </dl>
      <Typography.Text>{t('answerRefused')}</Typography.Text>
      {envelope && <Code title={`HTTP ${refusal.status}`} text={JSON.stringify(envelope, null, 2)} />}
    </Flex>
  )
}

function Schemes({ schemes }: Pick<Doc, 'schemes'>) {
  const t = useText('docs')
  return (
    <dl style={{ display: 'grid', gap: 12, margin: 0 }}>
      {schemes.map(({ name, weaknesses }) => (
        <div key={name}>
          <dt>
            <TextLink to="/docs/schemes" hash={name}>
              <code>{name}</code>
            </TextLink>{' '}
            {advised.has(name) && <Tag color="blue">{t('advised')}</Tag>}
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
      <table className="pairs folds">
        <thead>
          <tr>
            <th scope="col">{t('error')}</th>
            <th scope="col">{t('status')}</th>
            <th scope="col">{t('meaning')}</th>
            <th scope="col">{t('advice')}</th>
          </tr>
        </thead>
        <tbody>
          {errors.map(({ error, status, code, text, advice }) => (
            <tr key={error}>
              <td>
                <TextLink to="/docs/errors" hash={error}>
                  <code style={{ whiteSpace: 'nowrap' }}>{error}</code>
                </TextLink>
                <div style={{ color: 'var(--ant-color-text-description)' }} className="numbers">
                  {code}
                </div>
              </td>
              <td className="numbers">{status}</td>
              <td className="folds-words">
                <Words text={text} />
              </td>
              <td className="folds-words">
                <Words text={advice} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
