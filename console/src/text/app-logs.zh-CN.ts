// What apps recorded by POST /api/log.

export const appLogs = {
  title: '应用日志',
  about: '各应用通过 POST /api/log 上报的用户操作，最新的在前。',
  subject: '标题',
  type: '操作类型',
  A: '新增',
  D: '删除',
  S: '查询',
  U: '修改',
  user: '用户',
  userId: '用户编号',
  app: '应用 ID',
  time: '时间',
  data: '内容',
  show: '查看内容',
  emptyTitle: '没有应用日志',
  emptyText: '获得 log:write 权限的应用上报后，记录会出现在这里。',
}
