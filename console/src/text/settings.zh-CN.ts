// By what the platform runs.

export const settings = {
  title: '运行设置',
  about: '本平台进程启动时读取的环境变量，修改后重启生效；其他机器上的网关各有自己的设置。',
  version: '版本 {{version}}',
  search: '名称或说明',
  name: '设置',
  value: '当前值',
  default: '默认值',
  changed: '非默认',
  set: '已设置（不显示）',
  notSet: '未设置',
  pending: '尚未生效',
  emptyTitle: '没有设置',
}
