// What a long form measured, as a page of `docs/long/`.

import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { root } from '../kaimen-process.ts'

export interface Report {
  readonly name: string
  readonly title: string
  /** Paragraphs above the table. */
  readonly text: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export function reportOf({ name, title, text, head, rows }: Report): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const align = head.map((_, at) => (at === 0 ? '---' : '---:'))
  return `# ${title}\n\n${origin(name)}\n\n${text}\n\n${[head, align, ...rows].map(line).join('\n')}\n`
}

export function writeReport(name: string, page: string): void {
  const folder = join(root, 'docs/long')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.md`), page)
  console.log(`\ndocs/long/${name}.md is written.`)
}

export function spread(values: readonly number[]): { min: number; median: number; max: number } {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = [sorted[(sorted.length - 1) >> 1]!, sorted[sorted.length >> 1]!]
  return { min: sorted[0]!, median: (middle[0]! + middle[1]!) / 2, max: sorted.at(-1)! }
}

function origin(name: string): string {
  const at = new Date().toISOString().slice(0, 16).replace('T', ' ')
  const [processor] = cpus()
  const machine = `${processor?.model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}`
  return `Written by \`npm run long -- ${name}\` at ${at} UTC, from ${revision()}, on ${machine}, Node ${process.versions.node}.`
}

function revision(): string {
  const git = (...words: string[]) => spawnSync('git', words, { cwd: root, encoding: 'utf8' }).stdout.trim()
  return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--', 'src', 'bin', 'package.json') === '' ? '' : ' and changes after it'}`
}
