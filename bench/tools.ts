// The programs that a run needs besides Node: wrk, without which nothing is measured, and nginx, without which one row is missing.
// On Debian as root they are installed; elsewhere we say how.

import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { StartError } from '#lib/start-error.ts'

export function requireLinux(): void {
  if (process.platform === 'linux') return
  throw new StartError({
    en: 'The benchmark reads CPU time from /proc and so runs on Linux only. Run it in a Linux machine or container.',
    zh: '性能测试从 /proc 读取 CPU 时间，只能在 Linux 上运行。请在 Linux 主机或容器中运行。',
  })
}

export function requireWrk(): string {
  const wrk = find('wrk') ?? install('wrk', 'wrk')
  if (wrk !== undefined) return wrk
  throw new StartError({
    en: 'The benchmark needs the load generator wrk. Install it (Debian, Ubuntu: apt-get install -y wrk), then run the same command again.',
    zh: '性能测试需要压测工具 wrk。请先安装（Debian、Ubuntu：apt-get install -y wrk），再运行同一条命令。',
  })
}

export function findNginx(): string | undefined {
  return find('nginx') ?? install('nginx', 'nginx-light')
}

/** What a program says when asked for its version. */
export function versionOf(program: string, flag: string): string {
  const { stdout, stderr } = spawnSync(program, [flag], { encoding: 'utf8' })
  return /\d+\.\d[\w.+~-]*/.exec(`${stdout}${stderr}`)?.[0] ?? 'unknown'
}

// Debian has /usr/sbin, where nginx is, on root's path only.
function find(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, program)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

// Debian starts a service as soon as it is installed unless this file says no (invoke-rc.d(8)); ours are on loopback only.
const servicePolicy = '/usr/sbin/policy-rc.d'

function install(program: string, debianPackage: string): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return undefined
  process.stderr.write(`Installing ${debianPackage} …\n正在安装 ${debianPackage} ……\n`)
  const isPolicyOurs = !existsSync(servicePolicy)
  if (isPolicyOurs) writeFileSync(servicePolicy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    const apt = (...args: string[]) =>
      spawnSync('apt-get', args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
    if (apt('install', '-y', '--no-install-recommends', debianPackage).status !== 0) {
      apt('update')
      apt('install', '-y', '--no-install-recommends', debianPackage)
    }
  } finally {
    if (isPolicyOurs) rmSync(servicePolicy)
  }
  return find(program)
}
