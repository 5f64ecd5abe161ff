// The look: antd's algorithms with our colours. Text and links keep a contrast of 4.5 to 1 on what they stand on, in both themes, which
// antd's own greys do not.

import { type ThemeConfig, theme } from 'antd'

const common = {
  colorPrimary: '#2f54eb',
  borderRadius: 6,
  fontFamily: "-apple-system, BlinkMacSystemFont, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
  fontFamilyCode: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Noto Sans Mono CJK SC', monospace",
}

const light: ThemeConfig = {
  algorithm: theme.defaultAlgorithm,
  token: {
    ...common,
    colorBgLayout: '#f5f6f8',
    colorText: '#16191d',
    colorTextSecondary: '#4d555f',
    colorTextTertiary: '#626a75',
    colorTextDescription: '#626a75',
    colorTextPlaceholder: '#6b737e',
    colorBorderSecondary: '#e8eaee',
    colorLink: '#2747d0',
    colorError: '#c9252d',
    colorSuccess: '#237804',
    colorWarning: '#ad5700',
  },
}

const dark: ThemeConfig = {
  algorithm: theme.darkAlgorithm,
  token: {
    ...common,
    colorPrimary: '#4f70f5',
    colorBgBase: '#0f1216',
    colorBgLayout: '#0b0d10',
    colorBgContainer: '#14181d',
    colorBgElevated: '#1b2027',
    colorText: '#e6e9ed',
    colorTextSecondary: '#b3bac4',
    colorTextTertiary: '#99a1ac',
    colorTextDescription: '#99a1ac',
    colorTextPlaceholder: '#8b939e',
    colorBorderSecondary: '#262c34',
    colorLink: '#93aaff',
    colorError: '#ff7875',
    colorSuccess: '#73d13d',
    colorWarning: '#ffc069',
  },
}

export function themeOf(isDark: boolean): ThemeConfig {
  const { components, ...chosen } = isDark ? dark : light
  return {
    ...chosen,
    components: {
      ...components,
      Layout: { siderBg: 'var(--ant-color-bg-container)', headerBg: 'var(--ant-color-bg-container)', headerHeight: 52, headerPadding: '0 16px' },
      Menu: { itemHeight: 34, activeBarBorderWidth: 0, itemBg: 'transparent', subMenuItemBg: 'transparent', groupTitleFontSize: 12 },
      Table: { headerBg: 'transparent', cellPaddingBlock: 10, headerSplitColor: 'transparent' },
    },
  }
}
