// PostgreSQL refuses to run as root. Started by root we lend it a user of the system; everybody else runs it as himself.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { StartError } from '#lib/start-error.ts'

export type PostgresUser = { name: string; uid: number; gid: number }

/** Undefined means: as ourselves. The user must stand in /etc/passwd, or initdb refuses. */
export function choosePostgresUser(names = ['postgres', '_postgres', 'nobody']): PostgresUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = passwdUsers()
  const found = names.map((name) => users.find((user) => user.name === name && user.uid > 0)).find((user) => user !== undefined)
  if (found !== undefined) return found
  throw new StartError({
    zh: `PostgreSQL 不能以 root 运行，而 /etc/passwd 中没有用户 ${names.join('、')}。请添加其一，改用普通用户启动，或设置 DATABASE_URL。`,
    en: `PostgreSQL refuses to run as root, and /etc/passwd has none of ${names.join(', ')}. Add one, start as a normal user, or set DATABASE_URL.`,
  })
}

/** A cluster stays with the user it was made for, whichever users the system has by now. */
export function ownerOfCluster(uid: number, gid: number): PostgresUser {
  return { name: passwdUsers().find((user) => user.uid === uid)?.name ?? String(uid), uid, gid }
}

/** Asked of the system rather than computed from modes: it knows about ACLs and mounts. */
export function canEnter(user: PostgresUser, directory: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', directory], { ...runAs(user), stdio: 'ignore' }).status === 0
}

/** How a program of PostgreSQL is spawned: no PG* variable of the caller's may reach it, and the caller's directory may be closed to it. */
export function runAs(user: PostgresUser | undefined): { uid?: number; gid?: number; cwd: string; env: NodeJS.ProcessEnv } {
  const common = { cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } }
  return user === undefined ? common : { ...common, uid: user.uid, gid: user.gid }
}

function passwdUsers(): PostgresUser[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
}
