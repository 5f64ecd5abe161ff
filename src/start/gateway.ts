// `--role gateway`.

import { openGateway } from '#gateway/gateway.ts'
import { feedSocket } from '#lib/feed-socket.ts'
import { releaseMemory } from '#lib/release-memory.ts'
import { runAsPart } from '#supervisor/part.ts'
import { preparePart } from './part.ts'

export function startGateway(): Promise<void> {
  return runAsPart({
    async start() {
      const { config, dataDir, log } = await preparePart('gateway')
      const { url, close } = await openGateway({ config, feedSocket: feedSocket(dataDir.runDir), log })
      releaseMemory()
      log.info({ url }, 'the gateway is ready')
      return { url, stop: close }
    },
  })
}
