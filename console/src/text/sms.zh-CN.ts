// Codes that were sent to phones.

export const sms = {
  title: '短信',
  about: '近 30 天的验证码发送记录；不含验证码。',
  phone: '手机号',
  scene: '用途',
  register: '注册',
  reset: '重置密码',
  byApp: '应用发起',
  app: '应用',
  status: '状态',
  pending: '发送中',
  sent: '已提交服务商',
  failed: '发送失败',
  createdAt: '时间',
  emptyTitle: '近 30 天没有短信',
  emptyText: '注册、找回密码以及应用通过用户中心发送的验证码会出现在这里。',
}
