// A published 接口, OpenAPI's `operation`: method and path at the gateway, and the service behind it. Rules only.

/** What stands between two slashes of a path: plain characters, or one `{name}`. */
const segment = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@-]+|\{[A-Za-z_][A-Za-z0-9_]*\})$/

/**
 * Whether operators may publish this path: absolute, no empty or dot segment in it, `{name}` only as a whole segment,
 * no name twice. A slash at the end is part of the path.
 */
export function isPath(path: string): boolean {
  if (!path.startsWith('/') || path.length > 256) return false
  const segments = path.slice(1).split('/')
  const inner = segments.at(-1) === '' ? segments.slice(0, -1) : segments
  const names = variablesOf(path)
  return inner.every((one) => segment.test(one) && one !== '.' && one !== '..') && new Set(names).size === names.length
}

/** The names in `{}`. */
export function variablesOf(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!)
}

/** The path with every `{name}` as `{}`: paths that would catch the same calls become equal. */
export function shapeOf(path: string): string {
  return path.replace(/\{\w+\}/g, '{}')
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
