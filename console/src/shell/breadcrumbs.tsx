// Where one is: the page's group, the pages above it, and itself. Names the browser's tab too.

import { Link, useRouterState } from '@tanstack/react-router'
import { Breadcrumb } from 'antd'
import { useEffect } from 'react'
import { groupTitles, type Page, pages } from '../pages.ts'
import { useText } from '../text/text.ts'
import { useIsPhone } from './shell.tsx'

export function Breadcrumbs() {
  const t = useText('common')
  const isPhone = useIsPhone()
  const pathname = useRouterState({ select: (state) => state.location.pathname })
  const way = wayTo(pathname)
  const title = way.at(-1)?.title
  const tab = title ? `${t(title)} · ${t('shell:product')}` : t('shell:product')
  useEffect(() => {
    document.title = tab
  }, [tab])
  const group = isPhone ? undefined : way[0]?.nav?.group
  const items = [
    ...(group ? [{ title: t(groupTitles[group]) }] : []),
    ...way.map((page, at) => ({ title: at < way.length - 1 ? <Link to={page.path}>{t(page.title)}</Link> : t(page.title) })),
  ]
  return <Breadcrumb items={items} style={{ whiteSpace: 'nowrap', overflow: 'hidden' }} />
}

/** From the one above to the one that is shown. */
function wayTo(pathname: string): Page[] {
  const steps = pathname.split('/').filter((step) => step !== '')
  const prefixes = steps.length === 0 ? ['/'] : steps.map((_, at) => `/${steps.slice(0, at + 1).join('/')}`)
  return prefixes.flatMap((prefix) => pages.find((page) => patternOf(page).test(prefix)) ?? [])
}

const patternOf = ({ path }: Page) => new RegExp(`^${path.replace(/\$\w+/g, '[^/]+')}$`)
