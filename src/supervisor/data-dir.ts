// The two directories that a start stands on: the data dir, where everything lasting lives, and the run dir, a short private place
// for unix sockets. A socket's path must stay below 104 bytes (macOS; 108 on Linux), and a data dir may be long or Chinese.

import { createHash } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, parse, resolve } from 'node:path'
import { StartError } from '#lib/start-error.ts'

export type DataDir = {
  /** The real path, symlinks resolved. */
  path: string
  runDir: string
}

export function openDataDir(path: string): DataDir {
  const real = makeDataDir(resolve(path))
  proveWritable(real)
  return { path: real, runDir: openRunDir(real) }
}

/** A short name for a path, the same at every start. */
export function pathHash(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 12)
}

const isRoot = process.getuid?.() === 0

// The database never runs as root, and its user has to pass through our directories to reach its own: 0711 lets it, and lists nothing.
const directoryMode = isRoot ? 0o711 : 0o700

function makeDataDir(path: string): string {
  try {
    makeMissing(path)
    const real = realpathSync(path)
    if (!statSync(real).isDirectory()) throw Object.assign(new Error('not a directory'), { code: 'ENOTDIR' })
    return real
  } catch (cause) {
    const why = codeOf(cause)
    if (why === 'EEXIST' || why === 'ENOTDIR') {
      throw new StartError(
        {
          zh: `数据目录 ${path} 不是一个目录。请移走同名文件，或用 KAIMEN_DATA_DIR 指定别的目录。`,
          en: `The data dir ${path} is not a directory. Move that file away, or name another place in KAIMEN_DATA_DIR.`,
        },
        { cause },
      )
    }
    throw new StartError(
      {
        zh: `无法创建数据目录 ${path}（${why}）。请检查上级目录的权限，或用 KAIMEN_DATA_DIR 指定可写的目录。`,
        en: `The data dir ${path} cannot be created (${why}). Look at the permissions above it, or name a writable place in KAIMEN_DATA_DIR.`,
      },
      { cause },
    )
  }
}

// By hand, because the umask may close what we make to the database's user, and because Node's own recursive mkdir never comes back
// from places like /proc. A directory that was there keeps the mode its owner chose.
function makeMissing(path: string): void {
  if (existsSync(path)) return
  if (dirname(path) !== path) makeMissing(dirname(path))
  try {
    mkdirSync(path)
    chmodSync(path, directoryMode)
  } catch (error) {
    if (!existsSync(path)) throw error // Else another start made it meanwhile.
  }
}

// Written rather than asked: access() says yes to root on a full disk.
function proveWritable(path: string): void {
  const probe = join(path, `.probe-${process.pid}`)
  try {
    writeFileSync(probe, 'kaimen', { mode: 0o600 })
  } catch (cause) {
    const why = codeOf(cause)
    throw new StartError(
      {
        zh: `无法写入数据目录 ${path}（${why}）。请检查其属主、权限和磁盘空间，或用 KAIMEN_DATA_DIR 指定可写的目录。`,
        en: `The data dir ${path} cannot be written to (${why}). Look at its owner, mode and free space, or name a writable place in KAIMEN_DATA_DIR.`,
      },
      { cause },
    )
  } finally {
    rmSync(probe, { force: true })
  }
}

// Whoever can write here could stand in for our database, and /tmp is everyone's: a directory that we did not make is refused.
function openRunDir(dataDir: string): string {
  const path = join(socketBase(), `kaimen-${process.getuid?.() ?? 0}-${pathHash(dataDir)}`)
  try {
    mkdirSync(path, { mode: directoryMode })
    chmodSync(path, directoryMode)
  } catch (cause) {
    if (codeOf(cause) !== 'EEXIST') {
      throw new StartError(
        {
          zh: `无法创建运行目录 ${path}（${codeOf(cause)}）。请检查临时目录的权限和空间，或用 TMPDIR 指定别的临时目录。`,
          en: `The run dir ${path} cannot be created (${codeOf(cause)}). Look at the temporary directory's mode and space, or set TMPDIR.`,
        },
        { cause },
      )
    }
  }
  const found = lstatSync(path)
  const isOurs = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
  if (!isOurs) {
    throw new StartError({
      zh: `运行目录 ${path} 不可信：它是符号链接、属于别的用户，或别人可写。请删除它后再启动。`,
      en: `The run dir ${path} cannot be trusted: it is a symlink, another user's, or writable by others. Remove it and start again.`,
    })
  }
  return path
}

// TMPDIR may be long, or (root's own) closed to the database's user; /tmp is neither.
function socketBase(): string {
  const base = resolve(tmpdir())
  const longest = join(base, 'kaimen-4294967295-0123456789ab', 'pg', '.s.PGSQL.5432')
  const isClosed = isRoot && !everyoneMayPass(base)
  return Buffer.byteLength(longest) >= 104 || isClosed ? '/tmp' : base
}

function everyoneMayPass(path: string): boolean {
  try {
    if ((statSync(path).mode & 0o001) === 0) return false
  } catch {
    return false
  }
  return path === parse(path).root || everyoneMayPass(dirname(path))
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}
