// Language and appearance.

import { BulbOutlined, GlobalOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { queryClient } from '../api/query.ts'
import { type Language, speak, useLanguage, useText } from '../text/text.ts'
import { type Theme, useThemeChoice } from './theme.tsx'

export function Preferences() {
  const t = useText('shell')
  const language = useLanguage()
  const { theme, choose } = useThemeChoice()
  const themes = [
    { key: 'system', label: t('themeSystem') },
    { key: 'light', label: t('themeLight') },
    { key: 'dark', label: t('themeDark') },
  ]
  const languages = [
    { key: 'zh-CN', label: <span lang="zh-CN">简体中文</span> },
    { key: 'en', label: <span lang="en">English</span> },
  ]
  // Words of the server come in the language that was asked for, so they are asked again.
  const change = (chosen: string) => speak(chosen as Language).then(() => queryClient.invalidateQueries())
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{ items: languages, selectable: true, selectedKeys: [language], onClick: ({ key }) => change(key) }}
      >
        <Button type="text" icon={<GlobalOutlined />} aria-label={t('language')} />
      </Dropdown>
      <Dropdown
        trigger={['click']}
        menu={{ items: themes, selectable: true, selectedKeys: [theme], onClick: ({ key }) => choose(key as Theme) }}
      >
        <Button type="text" icon={<BulbOutlined />} aria-label={t('theme')} />
      </Dropdown>
    </>
  )
}
