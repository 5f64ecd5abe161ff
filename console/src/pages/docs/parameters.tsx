// The parameters of an interface, with what is nested in them.

import { Flex, Tag, Typography } from 'antd'
import { useText } from '../../text/text.ts'
import { parameterRows, type Schema } from './parameter-rows.ts'

export function Parameters({ schema }: { readonly schema: Schema | null }) {
  const t = useText('docs')
  const rows = schema ? parameterRows(schema) : []
  if (rows.length === 0) return <Typography.Text type="secondary">{t('noParameters')}</Typography.Text>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <div tabIndex={0} style={{ overflowX: 'auto' }}>
      <table className="pairs" style={{ minWidth: 480 }}>
        <thead>
          <tr>
            <th scope="col">{t('parameter')}</th>
            <th scope="col">{t('type')}</th>
            <th scope="col">{t('description')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, depth, type, isRequired, description, bounds }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a name may stand in several objects
            <tr key={at}>
              <td style={{ paddingInlineStart: depth * 20, whiteSpace: 'nowrap' }}>
                <code>{name}</code>
                {isRequired && (
                  <Typography.Text type="danger" style={{ marginInlineStart: 8, fontSize: 12 }}>
                    {t('required')}
                  </Typography.Text>
                )}
              </td>
              <td style={{ whiteSpace: 'nowrap' }}>{type}</td>
              <td>
                {description}
                {bounds.length > 0 && (
                  <Flex wrap gap={4} style={{ marginTop: description === '' ? 0 : 4 }}>
                    {bounds.map((bound) => (
                      <Tag key={bound} style={{ whiteSpace: 'normal', overflowWrap: 'anywhere' }}>
                        {bound}
                      </Tag>
                    ))}
                  </Flex>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
