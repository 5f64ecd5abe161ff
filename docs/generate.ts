// Writes the documents that are generated from the code: settings, errors, routes, and the OpenAPI document.
// `node docs/generate.ts --check` only says which of them are not up to date.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Settings, settings } from '#config.ts'
import { faults } from '#core/fault.ts'
import { managementRoutes } from '#edge/management/routes.ts'
import { openApiDocument } from '#edge/openapi.ts'
import { everyPath, type PathRow } from '#edge/routes.ts'
import { ucenterRoutes } from '#edge/ucenter/routes.ts'
import { en } from '#text/en.ts'
import { accepted, meanings } from '#text/settings.zh-CN.ts'
import { zhCN } from '#text/zh-CN.ts'

const generated: Record<string, () => string> = {
  'config.md': configPage,
  'config.zh-CN.md': configPageInChinese,
  'errors.md': errorsPage,
  'routes.md': routesPage,
  'openapi.json': () => `${JSON.stringify(openApiDocument(managementRoutes, ucenterRoutes), null, 2)}\n`,
}

const isCheck = process.argv.includes('--check')
const stale: string[] = []
for (const [name, make] of Object.entries(generated)) {
  const file = join(import.meta.dirname, name)
  const content = make()
  if (existsSync(file) && readFileSync(file, 'utf8') === content) continue
  stale.push(`docs/${name}`)
  if (!isCheck) writeFileSync(file, content)
}
if (isCheck && stale.length > 0) {
  console.error(`Not up to date: ${stale.join(', ')}. Run \`npm run docs\` and commit what it writes.`)
  process.exit(1)
}
console.log(stale.length === 0 ? 'The generated documents are up to date.' : `Wrote ${stale.join(', ')}.`)

function configPage(): string {
  const rows = settingRows('not in force yet', ({ accepts, why }) => [accepts, why])
  return page('Settings', 'src/config.ts', [
    'Settings are environment variables; a `.env` file in the folder that Kaimen is started in is read too, and the environment wins over it.',
    'An unknown `KAIMEN_*` name or a value that is not accepted stops the start and is named. [中文](config.zh-CN.md)',
    '',
    ...table(['name', 'accepts', 'default', 'meaning'], rows),
  ])
}

function configPageInChinese(): string {
  const rows = settingRows('尚未生效', ({ accepts }, name) => [accepted[accepts], meanings[name]])
  return page('设置', 'src/config.ts and src/text/settings.zh-CN.ts', [
    '设置即环境变量；启动开门的目录下若有 `.env` 文件也会读取，环境变量优先。',
    '未知的 `KAIMEN_*` 名称或不接受的值会使启动停止，并指明名称。[English](config.md)',
    '',
    ...table(['名称', '接受', '默认值', '含义'], rows),
  ])
}

type Setting = Settings[keyof Settings]

function settingRows(pendingWords: string, words: (row: Setting, name: keyof Settings) => [accepts: string, meaning: string]): string[] {
  return Object.entries(settings).map(([name, row]) => {
    const [accepts, meaning] = words(row, name as keyof Settings)
    const fallback = row.fallback === undefined || String(row.fallback) === '' ? '–' : `\`${row.fallback}\``
    return tableRow([`\`${row.env}\``, accepts, fallback, row.pending ? `${meaning} *(${pendingWords})*` : meaning])
  })
}

function errorsPage(): string {
  const rows = Object.entries(faults).map(([name, { code, status }]) => {
    const fault = name as keyof typeof faults
    return tableRow([`\`${name}\``, String(code), String(status), zhCN.faults[fault], en.faults[fault]])
  })
  const advice = Object.entries(en.advice).map(([name, words]) =>
    tableRow([`\`${name}\``, zhCN.advice[name as keyof typeof zhCN.advice], words]),
  )
  const reasons = Object.entries(en.reasons).map(([name, words]) =>
    tableRow([`\`${name}\``, zhCN.reasons[name as keyof typeof zhCN.reasons], words]),
  )
  return page('Errors', 'src/core/fault.ts', [
    'A failure is answered with a truthful HTTP status and `{"code":…,"msg":…,"data":null,"error":"<name>","requestId":…}`.',
    'Under `/api` (source 003) it is `{"code":…,"message":…,"data":null,"error":"<name>","requestId":…}`, with the same numbers; `code` 1 is success there.',
    '`error` is for programs and never changes its meaning; `msg` is for people and follows `Accept-Language` (zh-CN, en).',
    '',
    ...table(['error', 'code', 'status', '中文', 'English'], rows),
    '',
    '## What to do when the gateway refuses a call',
    '',
    ...table(['error', '中文', 'English'], advice),
    '',
    '## Reasons of `invalid_parameters`',
    '',
    ...table(['reason', '中文', 'English'], reasons),
  ])
}

function routesPage(): string {
  const rows = (asked: PathRow['listener']) =>
    everyPath().flatMap(({ listener, method, path, who, permission, what }) =>
      listener === asked ? tableRow([method, path, who, permission, what]) : [],
    )
  const head = ['method', 'path', 'who', 'permission', 'what']
  return page('Routes', 'src/edge/routes.ts and src/edge/management/routes.ts', [
    '`anyone` needs no session; `signedIn` any; `hq` an operator with the permission; `own` the same, or a developer for what is theirs;',
    '`sender` an operator with the permission, or an internal app by its token; `credential`: the call itself proves who it comes from.',
    '',
    '## Platform',
    '',
    ...table(head, rows('platform')),
    '',
    '## Gateway',
    '',
    ...table(head, rows('gateway')),
  ])
}

function page(title: string, source: string, lines: string[]): string {
  return `# ${title}\n\n<!-- Generated from ${source} by \`npm run docs\`; edit that, not this. -->\n\n${lines.join('\n')}\n`
}

function table(head: string[], rows: string[]): string[] {
  return [tableRow(head), tableRow(head.map(() => '---')), ...rows]
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
