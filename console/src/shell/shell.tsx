// The frame around every page: navigation at the left (on a phone in a drawer), breadcrumbs and the person's menu above.

import { MenuOutlined } from '@ant-design/icons'
import { Outlet } from '@tanstack/react-router'
import { Button, Flex, Grid, Layout, Spin, theme } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useAsk } from '../api/query.ts'
import { Problem } from '../components/problem.tsx'
import { useText } from '../text/text.ts'
import { Breadcrumbs } from './breadcrumbs.tsx'
import { Brand, Navigation } from './navigation.tsx'
import { Person } from './person.tsx'
import { Preferences } from './preferences.tsx'

const PhoneNavigation = lazy(() => import('./phone-navigation.tsx'))

export function useIsPhone(): boolean {
  return Grid.useBreakpoint().md === false
}

export function Shell() {
  const t = useText('common')
  const { token } = theme.useToken()
  const isPhone = useIsPhone()
  const [isOpen, setOpen] = useState(false)
  const me = useAsk('GET /openapi/user/me', {}, { staleTime: 60_000 })
  if (me.error && !me.data) return <Problem error={me.error} retry={me.refetch} />
  if (!me.data) return <Spin fullscreen description={t('loading')} />

  const border = `1px solid ${token.colorBorderSecondary}`
  return (
    <Layout style={{ minHeight: '100vh' }}>
      <Button className="skip-link" type="primary" href="#content">
        {t('shell:skip')}
      </Button>
      {isPhone ? (
        <Suspense>
          <PhoneNavigation open={isOpen} onClose={() => setOpen(false)} />
        </Suspense>
      ) : (
        <Layout.Sider width={224} style={{ borderInlineEnd: border, position: 'sticky', top: 0, height: '100vh', overflow: 'auto' }}>
          <div style={{ padding: '13px 20px 12px' }}>
            <Brand />
          </div>
          <div style={{ padding: '0 8px 24px' }}>
            <Navigation onChosen={() => {}} />
          </div>
        </Layout.Sider>
      )}
      <Layout>
        <Layout.Header style={{ borderBlockEnd: border, position: 'sticky', top: 0, zIndex: 10, lineHeight: 'normal' }}>
          <Flex align="center" gap={8} style={{ height: '100%' }}>
            {isPhone && <Button type="text" icon={<MenuOutlined />} aria-label={t('shell:openNavigation')} onClick={() => setOpen(true)} />}
            <div style={{ flex: 1, minWidth: 0 }}>
              <Breadcrumbs />
            </div>
            <Preferences />
            <Person />
          </Flex>
        </Layout.Header>
        <Layout.Content id="content" tabIndex={-1} style={{ padding: isPhone ? 16 : '20px 24px 40px', outline: 'none' }}>
          <div style={{ maxWidth: 1440, margin: '0 auto' }}>
            <Outlet />
          </div>
        </Layout.Content>
      </Layout>
    </Layout>
  )
}
