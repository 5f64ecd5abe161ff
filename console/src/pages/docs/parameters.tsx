// The parameters of an interface, with what is nested in them, and what one call of it would carry.

import { Flex, Tag, Typography } from 'antd'
import { Code } from '../../components/code.tsx'
import { useText } from '../../text/text.ts'
import type { Doc } from './doc.tsx'
import { exampleOf, parameterRows, type Schema } from './parameter-rows.ts'
import { pathNames, withoutPath } from './path.ts'

export function Parameters({ doc, schema }: { readonly doc: Doc; readonly schema: Schema }) {
  const t = useText('docs')
  const rows = parameterRows(schema)
  if (rows.length === 0) return <Typography.Text type="secondary">{t('noParameters')}</Typography.Text>
  const inPath = pathNames(doc.path)
  const hasBody = doc.method === 'POST' || doc.method === 'PUT'
  const placeOf = (name: string) => (inPath.includes(name) ? t('inPath') : hasBody ? t('inBody') : t('inQuery'))
  const example = withoutPath(doc.path, exampleOf(schema) as Readonly<Record<string, unknown>>)
  return (
    <Flex vertical gap={12}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <div tabIndex={0} style={{ overflowX: 'auto' }}>
        <table className="pairs folds">
          <thead>
            <tr>
              <th scope="col">{t('parameter')}</th>
              <th scope="col">{t('type')}</th>
              <th scope="col">{t('place')}</th>
              <th scope="col">{t('description')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, depth, type, isRequired, description, bounds, example }, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a name may stand in several objects
              <tr key={at}>
                <td style={{ paddingInlineStart: depth * 20, maxWidth: 320 }}>
                  <code>{name === '*' ? t('anyName') : name}</code>
                  {isRequired && (
                    <Typography.Text type="danger" style={{ marginInlineStart: 8, fontSize: 12, whiteSpace: 'nowrap' }}>
                      {t('required')}
                    </Typography.Text>
                  )}
                </td>
                <td>{type}</td>
                <td style={{ whiteSpace: 'nowrap' }}>{depth === 0 && placeOf(name)}</td>
                <td className="folds-words">
                  {description}
                  {bounds.length > 0 && (
                    <Flex wrap gap={4} style={{ marginTop: description === '' ? 0 : 4 }}>
                      {bounds.map(({ of, text }) => (
                        <Tag key={`${of} ${text}`} style={{ whiteSpace: 'normal', overflowWrap: 'anywhere' }}>
                          {of === undefined ? text : `${t(`bound_${of}`)} ${text}`.trim()}
                        </Tag>
                      ))}
                    </Flex>
                  )}
                  {example !== undefined && (
                    <div style={{ color: 'var(--ant-color-text-description)' }}>
                      {t('example')} <code>{example}</code>
                    </div>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {hasBody && <Code title={t('exampleBody')} text={JSON.stringify(example, null, 2)} />}
    </Flex>
  )
}
