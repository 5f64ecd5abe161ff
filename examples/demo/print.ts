// How the demo looks on paper. Passwords are never printed, and of a token only its beginning.

import type { Answer } from './client.ts'
import type { Request } from './partner.ts'

export type Print = (line: string) => void

/** One line in each language. */
export interface Words {
  readonly zh: string
  readonly en: string
}

const requestFields = [
  'accept-language',
  'authorization',
  'content-digest',
  'content-length',
  'content-type',
  'signature-input',
  'signature',
]
const answerFields = ['retry-after', 'ratelimit', 'ratelimit-policy', 'x-request-id']

export function printChapter(print: Print, { zh, en }: Words): void {
  print('')
  print(`════ ${zh}`)
  print(`════ ${en}`)
}

export function printTitle(print: Print, number: number, { zh, en }: Words): void {
  const label = `${number}.`.padEnd(4)
  print('')
  print(`${label}${zh}`)
  print(`    ${en}`)
}

export function printNote(print: Print, { zh, en }: Words): void {
  print(`    ※ ${zh}`)
  print(`    ※ ${en}`)
}

export function printRequest(print: Print, { method, url, headers, body, stringToSign }: Request): void {
  if (stringToSign !== undefined) {
    print('    待签名字符串 string to sign:')
    for (const line of stringToSign.split('\n')) print(`    │ ${masked(line)}`)
  }
  print(`    → ${method} ${url}`)
  for (const name of requestFields) if (headers[name] !== undefined) print(`      ${name}: ${masked(headers[name])}`)
  if (body !== undefined) print(`      ${masked(body)}`)
}

export function printAnswer(print: Print, { status, headers, text, json }: Answer): void {
  print(`    ← ${status}`)
  for (const name of answerFields) if (headers.has(name)) print(`      ${name}: ${headers.get(name)}`)
  const body = json === undefined ? masked(text) : layOut(JSON.parse(masked(text)))
  for (const line of body.split('\n')) print(`      ${line}`)
}

const password = /("password":")(?:[^"\\]|\\.)*(?=")/g
const token = /\b(eyJ[\w-]{9})[\w-]*\.[\w-]+\.[\w-]+/g

function masked(text: string): string {
  return text.replace(password, '$1…').replace(token, '$1…')
}

const widthMax = 110

/** JSON on one line where it fits, else as many members on a line as fit. */
function layOut(value: unknown, indent = ''): string {
  const whole = JSON.stringify(value)
  if (indent.length + whole.length <= widthMax || typeof value !== 'object' || value === null) return whole
  const inner = `${indent}  `
  const members = Array.isArray(value)
    ? value.map((member) => layOut(member, inner))
    : Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${layOut(member, inner)}`)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${inner}${fill(members, inner)}\n${indent}${close}`
}

function fill(members: readonly string[], indent: string): string {
  let text = ''
  let column = indent.length
  for (const [at, member] of members.entries()) {
    const piece = at === members.length - 1 ? member : `${member},`
    if (at > 0) {
      const fits = column + piece.length < widthMax && !piece.includes('\n')
      text += fits ? ' ' : `\n${indent}`
      column = fits ? column + 1 : indent.length
    }
    text += piece
    column += piece.length
  }
  return text
}
