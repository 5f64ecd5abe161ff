// The call log.

export const calls = {
  title: '调用记录',
  about: '一次一条，最新的在前。点击时间查看这次调用为何成功或被拒绝。',
  time: '时间',
  why: '查看原因',
  call: '调用',
  status: '状态',
  error: '错误名',
  latency: '耗时',
  bytes: '字节',
  app: '应用',
  appId: '应用 ID',
  interface: '接口',
  interfaceId: '接口编号',
  ip: 'IP 地址',
  requestId: '请求编号',
  leftOut: '该时间范围内，全部应用共有 {{number}} 次调用因超出记录速率未被保留；统计数字包含它们。',
  emptyTitle: '这段时间没有调用',
  emptyText: '换一个时间范围，或用「签名工作台」发起一次调用，几秒后即可在这里看到。',
}
