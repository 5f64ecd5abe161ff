// An app by its name, which leads to its page: that of operators, or that of its developer.

import { useMay, useMayOwn } from '../api/me.ts'
import { TextLink } from './link.tsx'
import { SmallCode } from './small-code.tsx'

interface AppLinkProps {
  readonly of: { readonly id: number; readonly name: string }
  /** The part of its page. */
  readonly tab?: 'events' | 'interfaces' | 'calls' | 'credentials'
  /** In a sentence. */
  readonly underline?: boolean
}

export function AppLink({ of: { id, name }, tab, underline = false }: AppLinkProps) {
  const may = useMay()
  const mayOwn = useMayOwn()
  if (!mayOwn('view-app')) return name
  return (
    <TextLink
      underline={underline}
      to={may('view-app') ? '/apps/$id' : '/my/apps/$id'}
      params={{ id: String(id) }}
      {...(tab ? { search: { tab } } : {})}
    >
      {name}
    </TextLink>
  )
}

interface AppNameProps extends AppLinkProps {
  readonly appId: string
}

/** With its public id below. */
export function AppName({ appId, ...link }: AppNameProps) {
  return (
    <>
      <AppLink {...link} />
      <br />
      <SmallCode>{appId}</SmallCode>
    </>
  )
}
