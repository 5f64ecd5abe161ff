import { join } from 'node:path'

/** Where platform and gateway of one data dir meet: the feed's private socket. */
export function feedSocket(runDir: string): string {
  return join(runDir, 'feed.sock')
}
