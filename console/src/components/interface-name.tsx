// An interface by its name, with what is called below it.

import { Tag } from 'antd'
import { Fragment } from 'react'
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
    // Other columns do not squeeze it.
    <div style={{ minWidth: 160 }}>
      <div>
        {to ? (
          <TextLink to={to} params={{ id: String(id) }}>
            {name}
          </TextLink>
        ) : (
          name
        )}{' '}
        {status === 0 && <Tag>{t('apps:unpublished')}</Tag>}
      </div>
      <Target method={method} path={path} />
    </div>
  )
}

export function Target({ method, path }: { readonly method: string; readonly path: string }) {
  return (
    <SmallCode>
      {method} <Parted text={path} after="/" />
    </SmallCode>
  )
}

/** What is too long for its line goes on after a slash of a path, or after a low line of a name. */
export function Parted({ text, after }: { readonly text: string; readonly after: '/' | '_' }) {
  return text.split(after).map((piece, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text keep their places
    <Fragment key={at}>
      {at > 0 && after}
      <wbr />
      {piece}
    </Fragment>
  ))
}
