// The columns of a file of interfaces: names on the wire, Chinese titles that a head may have instead, and how a cell holds the value.

import type { FieldName } from '../interface-fields.ts'

/** `serviceName` beside `serviceId`, since ids mean something in one installation only. */
export type ColumnName = FieldName | 'serviceName' | 'id' | 'tripped' | 'createTime' | 'updateTime' | 'createUser' | 'updateUser'

export interface Column {
  readonly name: ColumnName
  readonly kind: 'text' | 'number' | 'list' | 'json'
  readonly titles: readonly string[]
  /** Told by an export, ignored by an import: it is not for anybody to set. */
  readonly isTold?: boolean
}

const column = (name: ColumnName, kind: Column['kind'], ...titles: string[]): Column => ({ name, kind, titles })
const told = (name: ColumnName, kind: Column['kind'], ...titles: string[]): Column => ({ name, kind, titles, isTold: true })

export const columns: readonly Column[] = [
  told('id', 'number', '接口id', '主键'),
  column('name', 'text', '接口名称'),
  column('path', 'text', '路径', '接口路径'),
  column('method', 'text', '请求方式'),
  column('type', 'number', '接口类型'),
  column('serviceType', 'number', '业务类型', '服务类型'),
  column('version', 'text', '版本', '版本号'),
  column('code', 'text', '接口编码'),
  column('status', 'number', '发布状态', '接口状态'),
  column('doc', 'text', '接口展示文档', '接口文档'),
  column('enable', 'number', '启用状态', '是否启用'),
  column('visibility', 'text', '可见范围'),
  column('approval', 'text', '审批方式'),
  column('deprecationTime', 'text', '弃用时间'),
  column('sunsetTime', 'text', '下线时间'),
  column('remark', 'text', '备注'),
  column('limitCount', 'number', '访问限制次数', '限制次数'),
  column('limitAction', 'text', '限制动作'),
  column('concurrency', 'number', '并发限制'),
  column('serviceId', 'number', '后端服务id'),
  column('serviceName', 'text', '后端服务'),
  column('upstreamPath', 'text', '后端路径'),
  column('security', 'text', '安全方式'),
  column('schemes', 'list', '签名方案'),
  column('projectParam', 'text', '项目参数'),
  column('paramSchema', 'json', '参数定义'),
  // Not for an import: app ids mean something in one installation only.
  told('ownerAppId', 'number', '归属应用id'),
  told('createTime', 'text', '创建时间'),
  told('updateTime', 'text', '更新时间'),
  told('createUser', 'text', '创建人'),
  told('updateUser', 'text', '更新人'),
  told('tripped', 'json', '限流关闭'),
]

/** By name or title. */
export const columnOf: ReadonlyMap<string, Column> = new Map(
  columns.flatMap((one) => [one.name, ...one.titles].map((called): [string, Column] => [called, one])),
)

/** What one file may hold, in either direction. */
export const rowsMax = 10_000
