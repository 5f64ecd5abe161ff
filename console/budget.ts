// What a browser loads before it shows a page, compressed by gzip: the same for every page at first, then what a page adds. The overview is
// the page that people open first, and has a bound; its charts come after it is shown. Run as a program it prints the table.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

export const firstLoadMax = 350_000

interface Chunk {
  readonly file: string
  readonly imports?: readonly string[]
  readonly css?: readonly string[]
}

const dist = join(import.meta.dirname, 'dist')

export interface Load {
  readonly page: string
  /** Before it is shown, from nothing. */
  readonly bytes: number
  /** Of these, what the overview did not bring already. */
  readonly added: number
}

export function measure(): Load[] {
  const manifest: Record<string, Chunk> = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'))
  const overview = 'src/pages/overview/overview.tsx'
  const home = 'src/pages/home/home.tsx'
  // The address / is `home`, which chooses the overview for operators.
  const shown = (page: string) => filesOf(manifest, ['index.html', 'src/text/zh-CN.ts', ...(page === overview ? [home] : []), page])
  const first = shown(overview)
  const pages = Object.keys(manifest).filter((name) => /^src\/pages\/.*\.tsx$/.test(name) && name !== overview)
  return [overview, ...pages].map((page) => {
    const files = shown(page)
    return { page, bytes: sizeOf(files), added: sizeOf([...files].filter((file) => !first.has(file))) }
  })
}

function filesOf(manifest: Record<string, Chunk>, roots: readonly string[]): Set<string> {
  const seen = new Set<string>()
  const files = new Set<string>()
  function visit(name: string): void {
    const chunk = manifest[name]
    if (chunk === undefined || seen.has(name)) return
    seen.add(name)
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file)
    for (const next of chunk.imports ?? []) visit(next)
  }
  for (const root of roots) visit(root)
  return files
}

const sizeOf = (files: Iterable<string>) =>
  [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file)), { level: 9 }).length, 0)

export function tableOf(loads: readonly Load[]): string {
  const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`.padStart(9)
  return loads.map(({ page, bytes, added }) => `${kB(bytes)}  +${kB(added)}  ${page}`).join('\n')
}

if (import.meta.main) console.log(tableOf(measure()))
