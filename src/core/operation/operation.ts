// A published 接口, OpenAPI's `operation`: method and path at the gateway, and the service behind it. Rules only.

import { Refusal } from '#core/fault.ts'

/** What stands between two slashes of a path: plain characters, or one `{name}`. */
const literal = /^[A-Za-z0-9._~!$&'()*+,;=:@-]+$/
const variable = /^\{[A-Za-z_][A-Za-z0-9_]*\}$/

/**
 * Whether operators may publish this path: absolute, no empty or dot segment in it, `{name}` only as a whole segment,
 * no name twice. A slash at the end is part of the path.
 */
export function isPath(path: string): boolean {
  if (!path.startsWith('/') || path.length > 256) return false
  const segments = path.slice(1).split('/')
  const inner = segments.at(-1) === '' ? segments.slice(0, -1) : segments
  const names = variablesOf(path)
  return inner.every((one) => isSegment(one) || variable.test(one)) && new Set(names).size === names.length
}

const isSegment = (text: string) => literal.test(text) && text !== '.' && text !== '..'

/** The number of an interface as people write it, `12` or `#12`; undefined when a text is none. */
export function numberIn(text: string): number | undefined {
  const digits = /^#?([1-9]\d{0,8})$/.exec(text.trim())?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** The names in `{}`. */
export function variablesOf(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!)
}

/** The path with every `{name}` as `{}`: paths that would catch the same calls become equal. */
export function shapeOf(path: string): string {
  return path.replace(/\{\w+\}/g, '{}')
}

const versionSegment = '{version}'

interface Versioned {
  readonly path: string
  readonly version: string
  readonly upstreamPath?: string | null | undefined
}

/** The path as callers write it: its segment `{version}` stands for the operation's own version (settled F21). */
export function effectivePath({ path, version }: Versioned): string {
  return path.replace(versionSegment, () => version)
}

interface Placed extends Versioned {
  readonly method: string
}

/** What no two interfaces share. */
export const keyOf = ({ method, path, version }: Placed) => `${method} ${path} ${version}`

/** Where it is called; of those that are published no two share it. */
export const placeOf = (operation: Placed) => `${operation.method} ${effectivePath(operation)}`

/** What stands in a raw path for each `{name}`; nothing when it is another path. */
export function valuesIn(template: string, path: string): { name: string; raw: string }[] {
  const [pattern, given] = [template.split('/'), path.split('/')]
  if (pattern.length !== given.length) return []
  const isOther = pattern.some((segment, at) => !variable.test(segment) && segment !== given[at])
  return isOther ? [] : pattern.flatMap((segment, at) => (variable.test(segment) ? [{ name: segment.slice(1, -1), raw: given[at]! }] : []))
}

/** Whether a path is this one with every `{name}` filled in, by one segment that no reader of paths takes for anything else. */
export function isFilledIn(template: string, path: string): boolean {
  const [pattern, given] = [template.split('/'), path.split('/')]
  const fits = (segment: string, at: number) => (variable.test(segment) ? filling.test(given[at]!) : segment === given[at])
  return pattern.length === given.length && pattern.every(fits)
}

const filling = /^(?!(?:\.|%2e){1,2}$)(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%(?!2f|5c|00)[0-9a-f]{2})+$/i

export function effectiveUpstreamPath({ path, version, upstreamPath }: Versioned): string {
  return effectivePath({ path: upstreamPath ?? path, version })
}

/** Paths that the gateway answers itself; an operation there could never be called (settled E7). */
export function isOwnPathOfGateway(path: string): boolean {
  return (
    path === '/healthz' ||
    path === '/openapi/event/push' ||
    path.startsWith('/openapi/token/') ||
    /^\/api\/(?:v[0-9]+|\{\w+\})\/token(?:\/|$)/.test(path)
  )
}

/** What stands in an operation that its fields must agree on. */
interface Operation extends Placed {
  readonly direction: 'uplink' | 'downlink'
  readonly published: boolean
  readonly serviceTypeId: number
  readonly serviceId?: number | null | undefined
  readonly deprecatedAt?: Date | null | undefined
  readonly sunsetAt?: Date | null | undefined
}

/** What exists beside it. */
export interface Surroundings {
  readonly serviceTypes: ReadonlySet<number>
  readonly services: ReadonlySet<number>
}

/** What one field alone cannot say: the field that is to blame, by its name on the wire, and why. */
export interface Flaw {
  readonly field: string
  readonly refusal: Refusal
}

export function flaw(field: string, detail: Refusal['detail']): Flaw {
  return { field, refusal: new Refusal('invalid_parameters', detail) }
}

export function flawOf(operation: Operation, { serviceTypes, services }: Surroundings): Flaw | undefined {
  const { serviceTypeId, serviceId, path, version, deprecatedAt, sunsetAt } = operation
  const unknown = (field: string, value: number) => flaw(field, { reason: 'unknown_id', name: field, value })
  if (!serviceTypes.has(serviceTypeId)) return unknown('serviceType', serviceTypeId)
  if (serviceId != null && !services.has(serviceId)) return unknown('serviceId', serviceId)
  if (operation.direction === 'downlink' && operation.method !== 'POST') return flaw('method', { reason: 'downlink_method' })
  if (path.includes(versionSegment) && !(isSegment(version) && isPath(effectivePath(operation)))) {
    return flaw('version', { reason: 'version_segment', value: version })
  }
  const known = variablesOf(path)
  const foreign = variablesOf(operation.upstreamPath ?? '').find((name) => !known.includes(name))
  if (foreign) return flaw('upstreamPath', { reason: 'upstream_path_variable', name: foreign })
  if (deprecatedAt && sunsetAt && sunsetAt < deprecatedAt) return flaw('sunsetTime', { reason: 'sunset_before_deprecation' })
  if (!operation.published || operation.direction === 'downlink') return undefined
  if (serviceId == null) return flaw('serviceId', { reason: 'service_needed' })
  if (isOwnPathOfGateway(effectivePath(operation))) {
    return { field: 'path', refusal: new Refusal('conflict', { what: 'path', value: path }) }
  }
  return undefined
}
