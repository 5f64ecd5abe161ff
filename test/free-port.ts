// Ports for what has to know its own before it listens.

import { once } from 'node:events'
import { createServer } from 'node:net'

// Below the range that the system takes ports from by itself: nothing that is started meanwhile is given one of these. Each test file
// is a process, and looks where no other that runs beside it does.
const [first, end] = [11_000, 32_000]
let asked = process.pid * 16

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + (asked++ % (end - first))
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
