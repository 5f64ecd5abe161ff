import type { PageWord } from './pages.en.ts'

export const pagesZhCN: Record<PageWord, string> = {
  product: '开门 Kaimen',
  tagline: '开放平台',
  otherLanguage: 'English',

  signIn: '登录',
  signInTo: '登录开放平台',
  signOut: '退出登录',
  login: '用户名、手机号或邮箱',
  username: '用户名',
  password: '密码',
  captcha: '图中字符',
  captchaPicture: '含五个字符的图片',
  captchaNeeded: '请输入图中的字符，并重新输入密码。',
  captchaWrong: '验证码错误或已过期，已更换图片。',
  alreadyIn: '您已登录为 {username}。',
  goOn: '继续',
  asSomebodyElse: '或以其他账号登录：',

  notHere: '操作未成功',
  crossSite: '该请求来自其他站点，未予执行。',
  backHome: '返回首页',
  requestId: '请求编号 {requestId}',
}
