// The directory in which the embedded PostgreSQL keeps its data (PostgreSQL calls it a cluster): where it is, whether it fits the
// programs, and how it is made whole or not at all.

import { spawn } from 'node:child_process'
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { StartError, type Words } from '#lib/start-error.ts'
import { pathHash } from './data-dir.ts'
import { makeReachable, type PostgresBinaries, reachableBase } from './postgres-binaries.ts'
import { canEnter, ownerOfCluster, type PostgresUser, runAs } from './postgres-user.ts'

export type ClusterPlace = { path: string; user: PostgresUser | undefined }

/**
 * Normally `<data dir>/postgres`. When root starts us and the database's user cannot reach that, it is a directory that the user can
 * reach, and `<data dir>/postgres` is a symlink to it: the choice is remembered, visible, and follows the data dir when it moves.
 */
export function placeCluster(dataDir: string, user: PostgresUser | undefined): ClusterPlace {
  const path = join(dataDir, 'postgres')
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) {
    return { path: user === undefined || canEnter(user, dataDir) ? path : freePlaceWithin(join(reachableBase, pathHash(dataDir))), user }
  }
  if (!existsSync(path)) throw lost(path)
  const real = realpathSync(path)
  return { path: real, user: userFor(real, user) }
}

export async function makeCluster(place: ClusterPlace, dataDir: string, binaries: PostgresBinaries, say: (line: Words) => void) {
  const parent = dirname(place.path)
  const isElsewhere = parent !== dataDir
  if (isElsewhere) {
    makeReachable(parent)
    say({
      zh: `${place.user?.name} 无法进入 ${dataDir}，数据库放在 ${place.path}，由 ${join(dataDir, 'postgres')} 链接过去。`,
      en: `${place.user?.name} cannot enter ${dataDir}: the database is at ${place.path}, with a link to it at ${join(dataDir, 'postgres')}.`,
    })
  }
  const unfinished = mkdtempSync(`${place.path}.new-`)
  try {
    if (place.user !== undefined) chownSync(unfinished, place.user.uid, place.user.gid)
    await initdb(unfinished, place, binaries)
    if (existsSync(place.path)) rmdirSync(place.path)
    renameSync(unfinished, place.path)
    syncDirectory(parent)
    // Last, so that a link always leads to a whole cluster.
    if (isElsewhere) symlinkSync(place.path, join(dataDir, 'postgres'))
    if (isElsewhere) syncDirectory(dataDir)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    throw error instanceof StartError ? error : cannotMake(place.path, (error as Error).message, error)
  }
}

/** True when there is a cluster that these programs can open, false when there is none; a thing in between is refused by name. */
export function isReadyCluster(path: string, binaries: PostgresBinaries): boolean {
  if (!existsSync(path)) return false
  const versionFile = join(path, 'PG_VERSION')
  if (!existsSync(versionFile)) {
    if (readdirSync(path).length === 0) return false
    throw new StartError({
      zh: `${path} 里有文件，却不是 PostgreSQL 数据库。请移走它们后再启动。`,
      en: `${path} holds files, but is no PostgreSQL database. Move them away and start again.`,
    })
  }
  const major = readFileSync(versionFile, 'utf8').trim()
  if (major === binaries.major) return true
  throw new StartError({
    zh: `${path} 是 PostgreSQL ${major} 的数据，本版本的 Kaimen 自带 PostgreSQL ${binaries.major}，无法打开。请用写入它的那个版本的 Kaimen 启动并导出数据，或用 PostgreSQL ${major} 打开它并设置 DATABASE_URL。`,
    en: `${path} was written by PostgreSQL ${major}; this Kaimen comes with PostgreSQL ${binaries.major} and cannot open it. Start the Kaimen that wrote it and export the data, or serve it with a PostgreSQL ${major} of your own and set DATABASE_URL.`,
  })
}

/** What a start that was killed inside initdb left; its name never was the cluster's. An initdb that still writes there fails by itself. */
export function removeUnfinishedClusters(path: string): void {
  if (!existsSync(dirname(path))) return
  for (const name of readdirSync(dirname(path)).filter((name) => name.startsWith(`${basename(path)}.new-`))) {
    try {
      rmSync(join(dirname(path), name), { recursive: true, force: true, maxRetries: 3 })
    } catch {
      // The next start tries again.
    }
  }
}

// A cluster may lie here that another data dir owns by now, or that belonged to a data dir that was removed: neither is ours to open.
function freePlaceWithin(base: string): string {
  const names = ['postgres', ...Array.from({ length: 99 }, (_, i) => `postgres-${i + 2}`)]
  return join(base, names.find((name) => !existsSync(join(base, name))) ?? 'postgres')
}

function userFor(cluster: string, user: PostgresUser | undefined): PostgresUser | undefined {
  const { uid, gid } = statSync(cluster)
  if (user !== undefined) return uid === 0 ? user : ownerOfCluster(uid, gid)
  if (uid === process.getuid?.()) return undefined
  const owner = ownerOfCluster(uid, gid).name
  throw new StartError({
    zh: `数据库 ${cluster} 属于用户 ${owner}。请像上次那样启动（root 或 ${owner}），或用 chown -R 把它交给当前用户。`,
    en: `The database in ${cluster} belongs to the user ${owner}. Start the way you did before (as root or ${owner}), or give it to this user by chown -R.`,
  })
}

async function initdb(directory: string, place: ClusterPlace, binaries: PostgresBinaries): Promise<void> {
  const words = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--encoding=UTF8', '--username=kaimen']
  const doors = ['--auth-local=trust', '--auth-host=reject', '--no-instructions']
  // initdb itself writes everything through to the disk before it ends. In a group of its own, as the server: a Ctrl-C that reached it before
  // us would read as if the database could not be made.
  const child = spawn(binaries.initdb, ['-D', directory, ...words, ...doors], {
    ...runAs(place.user),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (code !== 0) throw cannotMake(place.path, output.trim().split('\n').slice(-8).join('\n'), undefined)
}

function syncDirectory(path: string): void {
  const handle = openSync(path, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

function cannotMake(path: string, why: string, cause: unknown): StartError {
  return new StartError(
    {
      zh: `无法在 ${path} 创建数据库。请检查磁盘空间和权限，用 KAIMEN_DATA_DIR 指定别的目录，或设置 DATABASE_URL。PostgreSQL 的说明见上。`,
      en: `${why}\nThe database cannot be created in ${path}. Look at the free space and permissions, name another place in KAIMEN_DATA_DIR, or set DATABASE_URL.`,
    },
    { cause },
  )
}

function lost(path: string): StartError {
  return new StartError({
    zh: `${path} 指向的数据库目录已不存在。请恢复它；若确定要从空数据库开始，请删除这个链接。`,
    en: `The database that ${path} points to is gone. Restore it; or, if an empty database is what you want, remove this link.`,
  })
}
