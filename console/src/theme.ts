// The look: antd's algorithms with our colours. Text and links keep a contrast of 4.5 to 1 on what they stand on, in both themes, which
// antd's own greys do not.

import { type ThemeConfig, theme } from 'antd'

const common = {
  motion: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
  borderRadius: 6,
  fontFamily:
    "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
  fontFamilyCode: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Noto Sans Mono CJK SC', monospace",
}

const light: ThemeConfig = {
  algorithm: theme.defaultAlgorithm,
  token: {
    ...common,
    colorPrimary: '#0958d9',
    // White stands on it; antd's own would be too light for that.
    colorPrimaryHover: '#1668dc',
    colorBgLayout: '#f5f6f8',
    colorText: '#16191d',
    colorTextSecondary: '#4d555f',
    colorTextTertiary: '#626a75',
    colorTextDescription: '#626a75',
    colorTextPlaceholder: '#6b737e',
    colorBorderSecondary: '#e8eaee',
    colorLink: '#0958d9',
    colorError: '#c9252d',
    // As with the primary one.
    colorErrorHover: '#b3202a',
    colorSuccess: '#237804',
    colorWarning: '#ad5700',
    // What antd mixes from colours as dark as these is mud.
    colorSuccessBg: '#f6ffed',
    colorSuccessBorder: '#b7eb8f',
    colorWarningBg: '#fffbe6',
    colorWarningBorder: '#ffe58f',
  },
}

const dark: ThemeConfig = {
  algorithm: theme.darkAlgorithm,
  token: {
    ...common,
    colorPrimary: '#1668dc',
    colorPrimaryHover: '#1d64cc',
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
    colorLink: '#65a9f3',
    colorError: '#ff7875',
    colorSuccess: '#73d13d',
    colorWarning: '#ffc069',
  },
}

export function themeOf(isDark: boolean): ThemeConfig {
  const chosen = isDark ? dark : light
  const ground = chosen.token!.colorBgContainer ?? '#fff'
  /** antd writes what is selected in the primary colour, which on dark ground is too dark to read. */
  const selected = chosen.token!.colorLink!
  return {
    ...chosen,
    components: {
      Layout: { siderBg: ground, headerBg: ground, headerHeight: 52, headerPadding: '0 16px' },
      Button: {
        defaultHoverColor: selected,
        defaultHoverBorderColor: selected,
        defaultActiveColor: selected,
        defaultActiveBorderColor: selected,
        // On the light red of dark ground, white is too light.
        ...(isDark ? { dangerColor: '#16191d' } : {}),
      },
      Menu: {
        itemHeight: 34,
        activeBarBorderWidth: 0,
        itemBg: 'transparent',
        subMenuItemBg: 'transparent',
        groupTitleFontSize: 12,
        itemSelectedColor: selected,
      },
      Tabs: { itemSelectedColor: selected, itemHoverColor: selected, itemActiveColor: selected, inkBarColor: selected },
      Pagination: { itemActiveColor: selected, itemActiveColorHover: selected },
      Table: { headerBg: 'transparent', headerSplitColor: 'transparent' },
      Form: { itemMarginBottom: 20 },
      Card: { headerHeightSM: 46, bodyPaddingSM: 16, headerPaddingSM: 16 },
    },
  }
}
