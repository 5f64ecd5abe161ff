// The fields of an interface: how each is checked, and how the wire's names and numbers become those of an `operation` and back.

import { z } from 'zod'
import { schemeNames } from '#core/app/app.ts'
import { problem } from '#core/fault.ts'
import type { ListedOperation, NewOperation, OperationRow } from '#core/operation/operation.store.ts'
import { effectivePath, isPath, shapeOf } from '#core/operation/operation.ts'
import { schemaProblem } from '#lib/json-schema.ts'
import { isStorable } from '#lib/storable.ts'
import { fromWireTime, toWireTime } from '#lib/time.ts'
import { id, name, text, wireTime } from './wire.ts'

const path = text(256).refine(isPath, { error: problem('path_form') })
const flag = z.union([z.literal(0), z.literal(1)])
const schemeName = z.enum(schemeNames)
const paramSchema = z
  .record(z.string(), z.unknown())
  .refine((schema) => isStorable(schema), { error: problem('schema_not_storable'), abort: true })
  .refine((schema) => JSON.stringify(schema).length <= 65_536, { error: problem('schema_too_long'), abort: true })
  .superRefine((schema, context) => {
    const problem = schemaProblem(schema)
    if (problem) context.addIssue({ code: 'custom', message: problem })
  })
// Whether there is such a day does not depend on the zone.
const time = z.string().refine((given) => fromWireTime(given, 'utc') !== undefined, { error: 'YYYY-MM-DD HH:mm:ss' })

export const fields = {
  name,
  path: path.describe('`{name}` segments; the segment `{version}` stands for the version of the interface'),
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE']),
  type: flag.describe('0 uplink, 1 downlink'),
  serviceType: id.describe('1 parking space, 2 payment, 3 monthly card, 4 car park, 5 coupon, or another of /openapi/serviceType/page'),
  version: text(16).min(1),
  code: text(64).min(1).describe('What the versions of one interface share'),
  status: flag.describe('0 unpublished, 1 published; to change it needs publish-interface'),
  enable: flag.describe('0 enabled, 1 disabled; of a published one to change it needs publish-interface'),
  visibility: z.enum(['public', 'internal']).describe('internal: shown and granted to internal apps only'),
  approval: z.enum(['manual', 'auto']).describe('auto: who applies for it is granted it'),
  deprecationTime: time.describe('Since when this version is deprecated (RFC 9745)'),
  sunsetTime: time.describe('When this version goes (RFC 8594)'),
  doc: text(262_144).describe('Markdown'),
  remark: text(255),
  limitCount: z.int().min(0).max(10_000_000).describe('Calls a second, all apps together; 0 is no limit'),
  limitAction: z.enum(['refuse', 'disable']),
  concurrency: z.int().min(0).max(1_000_000).describe('Calls under way at once on one gateway, all apps together; 0 is no limit'),
  serviceId: id,
  upstreamPath: path.describe('Path at the service; absent: the same'),
  security: z.enum(['none', 'token', 'token+sign', 'sign']),
  schemes: z.array(schemeName).max(schemeNames.length).describe('The schemes it accepts; absent or []: whatever the app may use'),
  projectParam: text(64).min(1),
  paramSchema: paramSchema.describe('JSON Schema of one object of all parameters'),
  ownerAppId: id.describe('Of a downlink interface: the internal app that may push its events; absent: HQ alone'),
}

export type WireFields = { [Name in keyof typeof fields]: z.output<(typeof fields)[Name]> }
export type FieldName = keyof WireFields

/** What an interface has that was given none. */
export const standard = {
  code: null,
  status: 0,
  enable: 0,
  visibility: 'public',
  approval: 'manual',
  deprecationTime: null,
  sunsetTime: null,
  doc: null,
  remark: null,
  limitCount: null,
  limitAction: 'refuse',
  concurrency: null,
  serviceId: null,
  upstreamPath: null,
  security: 'token+sign',
  schemes: null,
  projectParam: null,
  paramSchema: null,
  ownerAppId: null,
} as const satisfies { [Name in FieldName]?: WireFields[Name] | null }

export type OptionalField = keyof typeof standard
type RequiredField = Exclude<FieldName, OptionalField>
export type GivenFields = { [Name in RequiredField]?: WireFields[Name] | undefined } & {
  [Name in OptionalField]?: WireFields[Name] | null | undefined
}

export const directions = ['uplink', 'downlink'] as const

/** The columns of the fields that are given; null empties one, undefined leaves it alone. */
export function columnsOf(given: GivenFields, timeZone: string): Partial<NewOperation> {
  const { type, serviceType, status, enable, limitCount, concurrency, schemes, deprecationTime, sunsetTime, visibility, ...rest } = given
  const { approval, limitAction, security, ...same } = rest
  const instant = (at: string | null | undefined) => at && (fromWireTime(at, timeZone) ?? null)
  const columns = {
    ...same,
    direction: type === undefined ? undefined : directions[type],
    serviceTypeId: serviceType,
    published: status === undefined ? undefined : status === 1,
    disabled: enable === undefined ? undefined : enable === 1,
    // 0 and [] lift a limit, so that an edit can.
    limitCount: limitCount === undefined ? undefined : limitCount || null,
    concurrency: concurrency === undefined ? undefined : concurrency || null,
    schemes: schemes === undefined ? undefined : schemes?.length ? schemes : null,
    deprecatedAt: instant(deprecationTime),
    sunsetAt: instant(sunsetTime),
    visibility: visibility ?? undefined,
    approval: approval ?? undefined,
    limitAction: limitAction ?? undefined,
    security: security ?? undefined,
  }
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
}

/** With what follows from its path and version. */
export function withShape<Row extends { readonly path: string; readonly version: string }>(row: Row): Row & { pathShape: string } {
  return { ...row, pathShape: shapeOf(effectivePath(row)) }
}

type NullableFields = { [Name in FieldName]: z.ZodNullable<(typeof fields)[Name]> }

export const interfaceAnswer = z.object({
  id: z.int(),
  ...(Object.fromEntries(Object.entries(fields).map(([key, schema]) => [key, schema.nullable()])) as NullableFields),
  tripped: z.boolean().describe('Shut since its limit was reached; publish opens it'),
  createTime: wireTime,
  updateTime: wireTime,
  createUser: z.string().nullable(),
  updateUser: z.string().nullable(),
})

/** What a developer sees; where an interface leads is not theirs to know (settled C19). */
export function publicOnWire(operation: OperationRow, timeZone: string) {
  const time = (at: Date | null) => at && toWireTime(at, timeZone)
  return {
    id: operation.id,
    name: operation.name,
    path: operation.path,
    method: operation.method,
    type: operation.direction === 'uplink' ? 0 : 1,
    serviceType: operation.serviceTypeId,
    version: operation.version,
    code: operation.code,
    status: operation.published ? 1 : 0,
    doc: operation.doc,
    enable: operation.disabled ? 1 : 0,
    visibility: operation.visibility,
    approval: operation.approval,
    deprecationTime: time(operation.deprecatedAt),
    sunsetTime: time(operation.sunsetAt),
    remark: operation.remark,
    limitCount: operation.limitCount,
    limitAction: operation.limitAction,
    concurrency: operation.concurrency,
    tripped: operation.trippedAt !== null,
    security: operation.security,
    schemes: operation.schemes,
    projectParam: operation.projectParam,
    paramSchema: operation.paramSchema,
    createTime: toWireTime(operation.createdAt, timeZone),
    updateTime: toWireTime(operation.updatedAt, timeZone),
  }
}

export function interfaceOnWire(operation: OperationRow, timeZone: string) {
  return {
    ...publicOnWire(operation, timeZone),
    serviceId: operation.serviceId,
    upstreamPath: operation.upstreamPath,
    ownerAppId: operation.ownerAppId,
    createUser: operation.createUser,
    updateUser: operation.updateUser,
  }
}

export type ExportRow = ReturnType<typeof interfaceOnWire> & { readonly serviceName: string | null }

/** Beside its service's id the name, since ids mean something in one installation only. */
export function exportRow({ row, serviceName }: ListedOperation, timeZone: string): ExportRow {
  return { ...interfaceOnWire(row, timeZone), serviceName }
}
