// Fields that operators define for people.

export const userDetails = {
  title: '资料字段',
  about: '用户中心（/api/user）在 details 里提供的字段：可自行增减。',
  fieldTitle: '标题',
  titleHint: '给人看的名称。',
  name: '字段名',
  nameHint: '接口参数与应答中的名称，创建后不可修改。',
  type: '类型',
  text: '文本',
  number: '数字',
  date: '日期',
  required: '必填',
  requiredHint: '填写后不能再清空。',
  order: '排序',
  orderHint: '小的在前。',
  add: '新建字段',
  editOf: '编辑 {{name}}',
  deleteOf: '删除字段 {{name}}？',
  deleteEffect: '所有用户在此字段填写的内容一并删除，不可撤销。',
  emptyTitle: '没有资料字段',
  emptyText: '新建后，应用即可为用户填写这些资料。',
}
