// Kinds of business.

export const serviceTypes = {
  title: '业务类型',
  about: '接口属于哪类业务；文档与列表按它归类。',
  search: '名称',
  titleZh: '中文名称',
  titleEn: '英文名称',
  number: '编号',
  numberHint: '接口的 serviceType 字段使用它；留空则自动取下一个。',
  add: '新建业务类型',
  editOf: '编辑业务类型 {{number}}',
  deleteOf: '删除业务类型 {{name}}？',
  deleteEffect: '正被接口使用的业务类型不能删除。操作会记入审计日志，不可撤销。',
  emptyTitle: '没有业务类型',
  emptyText: '新建后即可用于接口。',
}
