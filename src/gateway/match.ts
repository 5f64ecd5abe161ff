// Finds the published operation for a method and a raw path. Cost: one map look-up for a path without variables;
// else one step a segment, whatever the number of operations.

import type { OperationDocument } from '#core/feed/document.ts'
import { getOrMake } from '#lib/get-or-make.ts'

export interface Match {
  readonly operation: OperationDocument
  /** What each `{name}` of the path caught, decoded, in order. */
  readonly caught: readonly string[]
}

export interface Routes {
  /** `bad_path` when the path is one that two readers could read differently (settled F14). */
  find(method: string, path: string): Match | undefined | 'bad_path'
}

interface Node {
  readonly literal: Map<string, Node>
  variable: Node | undefined
  readonly operations: Map<string, OperationDocument>
}

const nothingCaught: readonly string[] = []

export function compileRoutes(operations: Iterable<OperationDocument>): Routes {
  const whole = new Map<string, Match>()
  const root = newNode()
  let variables = false
  for (const operation of operations) {
    if (!operation.path.includes('{')) whole.set(`${operation.method} ${operation.path}`, { operation, caught: nothingCaught })
    else variables = true
    let node = root
    for (const segment of operation.path.slice(1).split('/')) {
      node = segment.startsWith('{') ? variableOf(node) : getOrMake(node.literal, segment, newNode)
    }
    node.operations.set(operation.method, operation)
  }

  return {
    find(method, path) {
      // HEAD is served by the GET interface (settled D23).
      const wanted = method === 'HEAD' ? 'GET' : method
      const found = whole.get(`${wanted} ${path}`)
      if (found) return found
      const segments = segmentsOf(path)
      if (!segments) return 'bad_path'
      return variables || path.includes('%') ? walk(root, segments, 0, wanted, []) : undefined
    },
  }
}

function newNode(): Node {
  return { literal: new Map(), variable: undefined, operations: new Map() }
}

function variableOf(node: Node): Node {
  node.variable ??= newNode()
  return node.variable
}

// A literal segment wins over a variable; where it leads nowhere, the variable is tried.
function walk(node: Node, segments: readonly string[], at: number, method: string, caught: readonly string[]): Match | undefined {
  if (at === segments.length) {
    const operation = node.operations.get(method)
    return operation && { operation, caught }
  }
  const segment = segments[at]!
  const literal = node.literal.get(segment)
  const found = literal && walk(literal, segments, at + 1, method, caught)
  if (found || !node.variable || segment === '') return found
  return walk(node.variable, segments, at + 1, method, [...caught, segment])
}

const plain = /^[A-Za-z0-9._~!$&'()*+,;=:@-]*$/

/** The decoded segments, or undefined for a path that is refused: dot segments, encoded slashes, `//`, NUL, broken encodings. */
function segmentsOf(path: string): string[] | undefined {
  const raw = path.slice(1).split('/')
  const segments: string[] = []
  for (let at = 0; at < raw.length; at++) {
    const segment = decodeSegment(raw[at]!)
    const isInnerEmpty = segment === '' && at < raw.length - 1
    if (segment === undefined || segment === '.' || segment === '..' || isInnerEmpty) return undefined
    segments.push(segment)
  }
  return segments
}

function decodeSegment(raw: string): string | undefined {
  if (plain.test(raw)) return raw
  try {
    const decoded = decodeURIComponent(raw)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    return /[/\\\x00-\x1f\x7f]/.test(decoded) ? undefined : decoded
  } catch {
    return undefined
  }
}

/** Name and decoded text of each variable of the path. */
export function variablesOfMatch({ operation, caught }: Match): [name: string, text: string][] {
  if (caught.length === 0) return []
  return [...operation.path.matchAll(/\{(\w+)\}/g)].map((match, at) => [match[1]!, caught[at]!])
}

/** Puts what was caught into a path with the same variables, encoded again. */
export function fillPath(template: string, of: OperationDocument, caught: readonly string[]): string {
  if (caught.length === 0) return template
  const names = [...of.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!)
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(caught[names.indexOf(name)] ?? ''))
}
