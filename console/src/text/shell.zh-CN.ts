// The frame around every page: navigation and the person's menu.

export const shell = {
  product: '开门',
  console: '管理控制台',
  navigation: '主导航',
  openNavigation: '打开导航',
  skip: '跳到正文',
  home: '概览',
  language: '语言',
  theme: '外观',
  themeSystem: '跟随系统',
  themeLight: '浅色',
  themeDark: '深色',
  person: '个人菜单',
  account: '账号设置',
  logout: '退出登录',
  groupWatch: '运行',
  groupPartners: '合作伙伴',
  groupPublish: '接口与服务',
  groupPortal: '开发者',
  groupPeople: '人员与权限',
  groupSystem: '系统',
}
