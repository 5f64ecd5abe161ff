// Mails that the platform sent, or is about to send.

export const mails = {
  title: '邮件',
  about: '近 30 天的发件记录；不含正文。',
  email: '收件人',
  subject: '主题',
  status: '状态',
  waiting: '等待发送',
  sent: '已发送',
  given_up: '已放弃',
  afterTries: '{{state}}，共尝试 {{tries}} 次',
  app_expiry: '应用即将到期',
  callback_gone: '回调地址已停用',
  callback_failing: '回调地址持续失败',
  other: '其他',
  createdAt: '创建时间',
  nextAt: '发送 / 下次尝试',
  resend: '重新发送',
  resendOf: '重新发送给 {{email}}？',
  resendEffect: '这封已放弃的邮件会立即再次发送。',
  emptyTitle: '近 30 天没有邮件',
  emptyText: '找回密码、应用到期提醒、回调地址停用等邮件会出现在这里。',
}
