// An interface by its name, with what is called below it.

import { Flex, Tag } from 'antd'
import { useText } from '../text/text.ts'
import { TextLink } from './link.tsx'
import { SmallCode } from './small-code.tsx'

interface InterfaceNameProps {
  readonly of: { readonly id: number; readonly name: string; readonly method: string; readonly path: string; readonly status?: number }
  /** The page that its name leads to, such as `/docs/$id`. */
  readonly to?: string | undefined
}

export function InterfaceName({ of: { id, name, method, path, status }, to }: InterfaceNameProps) {
  const t = useText('common')
  return (
    <Flex vertical align="flex-start">
      <span>
        {to ? (
          <TextLink to={to} params={{ id: String(id) }}>
            {name}
          </TextLink>
        ) : (
          name
        )}{' '}
        {status === 0 && <Tag>{t('apps:unpublished')}</Tag>}
      </span>
      <Target method={method} path={path} />
    </Flex>
  )
}

/** A method and a path, which part between each other before they part in the middle. */
export function Target({ method, path }: { readonly method: string; readonly path: string }) {
  return (
    <SmallCode>
      {method} <span style={{ display: 'inline-block', maxWidth: '100%', overflowWrap: 'anywhere' }}>{path}</span>
    </SmallCode>
  )
}
