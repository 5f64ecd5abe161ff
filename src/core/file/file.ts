// Files that people and apps give us. What one is, its bytes say, not its sender.

import { randomBytes } from 'node:crypto'
import { decodeUtf8 } from '#lib/utf8.ts'

/** How pictures begin that cannot carry a program, in hexadecimal. An SVG can hold scripts, so it is none of them. */
const pictures: readonly [type: string, begins: RegExp][] = [
  ['image/png', /^89504e470d0a1a0a/],
  ['image/jpeg', /^ffd8ff/],
  ['image/webp', /^52494646.{8}57454250/],
  ['image/gif', /^47494638(?:37|39)61/],
]
/** What else is known by its beginning; a workbook or a document of an office is a ZIP. */
const others: readonly [type: string, begins: RegExp][] = [
  ['application/pdf', /^255044462d/],
  ['application/zip', /^504b0304/],
  ['application/gzip', /^1f8b08/],
  ['video/mp4', /^.{8}66747970/],
  ['audio/mpeg', /^(?:494433|fffb)/],
]
export const pictureTypes = pictures.map(([type]) => type)
export const pictureBytesMax = 1024 * 1024
/** All files of one person together. */
export const bytesOfOneMax = 20 * 1024 * 1024
/** As much of a file as its type is told by. */
export const headBytes = 4_096

const keyForm = /^[0-9a-f]{32}$/

/** 128 bits: who has a key was given it. */
export function newFileKey(): string {
  return randomBytes(16).toString('hex')
}

export function isFileKey(text: string): boolean {
  return keyForm.test(text)
}

/** The type of a picture that we take, or undefined. */
export function pictureType(head: Uint8Array): string | undefined {
  return typeIn(pictures, head)
}

/** What a file is, for whoever gets it. Text is text, also when it would be a page or a script to a browser. */
export function typeOf(head: Uint8Array): string {
  return typeIn(pictures, head) ?? typeIn(others, head) ?? (isText(head) ? 'text/plain' : 'application/octet-stream')
}

function typeIn(types: typeof pictures, head: Uint8Array): string | undefined {
  const start = Buffer.from(head.subarray(0, 12)).toString('hex')
  return types.find(([, begins]) => begins.test(start))?.[0]
}

function isText(head: Uint8Array): boolean {
  // A character may be cut where the head ends.
  const text = [0, 1, 2, 3].map((cut) => decodeUtf8(head.subarray(0, head.length - cut))).find((decoded) => decoded !== undefined)
  return text !== undefined && text !== '' && !/[^\P{Cc}\t\n\r\f]/u.test(text)
}

/** The name that a sender gave a file, without folders and without what no name holds. */
export function plainName(sent: string): string {
  const last = sent.split(/[/\\]/).at(-1)!
  const plain = last.toWellFormed().replace(/\p{Cc}/gu, '').trim() // biome-ignore format: one thought
  return /^\.*$/.test(plain) ? 'file' : [...plain].slice(-255).join('')
}

/** In lower case, without its dot; empty when there is none. */
export function extensionOf(name: string): string {
  return (/\.([a-z0-9]{1,10})$/i.exec(name)?.[1] ?? '').toLowerCase()
}
