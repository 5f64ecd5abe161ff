// A port that cannot be listened on, told in words.

import { StartError } from '#lib/start-error.ts'

/** The StartError for a failed listen; any other error as it is. */
export function portInUse(error: unknown, setting: string, host: string, port: number): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new StartError({
        en: `Port ${port} on ${host} is in use. Stop what uses it, or choose another port by ${setting}.`,
        zh: `${host} 的端口 ${port} 已被占用。请停止占用它的程序，或用 ${setting} 指定其他端口。`,
      })
    case 'EACCES':
      return new StartError({
        en: `Port ${port} on ${host} may not be used by this user. Choose a port above 1023 by ${setting}.`,
        zh: `当前用户无权使用 ${host} 的端口 ${port}。请用 ${setting} 指定 1023 以上的端口。`,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartError({
        en: `This machine has no address ${host}. Correct KAIMEN_HOST.`,
        zh: `本机没有地址 ${host}。请改正 KAIMEN_HOST。`,
      })
    default:
      return error
  }
}
