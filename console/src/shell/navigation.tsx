// The pages that one may see, in their groups.

import { Link, useRouterState } from '@tanstack/react-router'
import { Flex, Menu, Typography } from 'antd'
import { createElement, useEffect, useRef } from 'react'
import { mayVisit, useMe } from '../api/me.ts'
import icon from '../icon.svg'
import { groups, groupTitles, type Page, pages } from '../pages.ts'
import { type Translate, useText } from '../text/text.ts'

export function Brand() {
  const t = useText('common')
  return (
    <Flex align="center" gap={10}>
      <img src={icon} alt="" width={26} height={26} />
      <Typography.Text strong style={{ fontSize: 16 }}>
        {t('shell:product')}
      </Typography.Text>
      <Typography.Text type="secondary" style={{ fontSize: 13 }}>
        {t('shell:console')}
      </Typography.Text>
    </Flex>
  )
}

export function Navigation({ onChosen }: { onChosen(): void }) {
  const t = useText('common')
  const me = useMe()
  const pathname = useRouterState({ select: (state) => state.location.pathname })
  const seen = pages.filter(({ nav, who }) => nav && mayVisit(me, who) && !(nav.unless && me.permissions.includes(nav.unless)))
  const items = groups
    .map((group) => ({ group, own: seen.filter((page) => page.nav?.group === group) }))
    .filter(({ own }) => own.length > 0)
    .map(({ group, own }) => ({
      type: 'group' as const,
      key: group,
      label: t(groupTitles[group]),
      children: own.map((page) => itemOf(page, t)),
    }))
  const here = seen.filter(({ path }) => pathname === path || (path !== '/' && pathname.startsWith(`${path}/`))).at(-1)
  const nav = useRef<HTMLElement>(null)
  // The way here may have been another than by the navigation, which is longer than a low window.
  useEffect(() => {
    if (here) nav.current?.querySelector('.ant-menu-item-selected')?.scrollIntoView({ block: 'nearest' })
  }, [here])
  return (
    <nav aria-label={t('shell:navigation')} ref={nav}>
      <Menu items={items} selectedKeys={here ? [here.path] : []} onClick={onChosen} style={{ borderInlineEnd: 'none' }} />
    </nav>
  )
}

function itemOf({ path, title, nav }: Page, t: Translate) {
  return { key: path, icon: createElement(nav!.icon), label: <Link to={path}>{t(title)}</Link> }
}
