// The key under which secrets are sealed: given by a setting, or made once and kept in the data dir.

import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '#lib/start-error.ts'

export function openMasterKey(dataDir: string, given: Buffer | undefined): Buffer {
  if (given) return given
  const file = join(dataDir, 'master.key')
  if (!existsSync(file)) keepOnce(file, `${randomBytes(32).toString('base64')}\n`)
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64')
  if (key.length === 32) return key
  throw new StartError({
    en: `${file} is damaged: it must hold 32 bytes in Base64. Restore it from a backup; without it the secrets in the database cannot be read.`,
    zh: `${file} 已损坏：其内容应为 Base64 编码的 32 字节。请从备份恢复；没有它就无法读取数据库中的密钥。`,
  })
}

/** Writes the file whole or not at all, readable by us alone; the first of two who try at once wins. */
export function keepOnce(file: string, content: string): void {
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  const handle = openSync(temporary, 'wx', 0o600)
  try {
    writeSync(handle, content)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  try {
    linkSync(temporary, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(temporary)
  }
}
