// Shows a page to who may see it, and says to others what they lack.

import type { ReactNode } from 'react'
import { mayVisit, signedIn, useMe } from '../api/me.ts'
import { Nothing } from '../components/nothing.tsx'
import type { Page } from '../pages.ts'
import { useText } from '../text/text.ts'

export function Allowed({ page, children }: { readonly page: Page; readonly children: ReactNode }) {
  const t = useText('common')
  const me = useMe()
  if (mayVisit(me, page.who)) return children
  const permission = page.who === signedIn ? '' : 'hq' in page.who ? page.who.hq : page.who.own
  return <Nothing title={t('forbidden')} text={t('forbiddenHint', { permission })} />
}
