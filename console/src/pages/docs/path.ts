// Parameters that stand in the path, and the others.

const variables = /\{(\w+)\}/g

export function filledPath(path: string, values: Readonly<Record<string, unknown>>): string {
  return path.replace(variables, (_, name: string) => encodeURIComponent(String(values[name] ?? name)))
}

export function pathNames(path: string): string[] {
  return [...path.matchAll(variables)].map(([, name]) => name!)
}

/** What travels in query or body: what was given, and is not of the path. */
export function withoutPath(path: string, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = pathNames(path)
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => !names.includes(name) && value !== undefined && value !== ''))
}
