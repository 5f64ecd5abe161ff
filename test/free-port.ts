// Ports of one's own. One that was merely free a moment ago may be another test's by then, for four files run at once, and each listener
// that asks for none is given one by chance; and what still goes to a server that has ended must not come to another one.

import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A port that nobody listens on. From below the range that the system takes others from; and no other test is given it as long as this
 * process lives, which holds the UDP port of that number.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(11_000, 32_000)
    const claim = createSocket('udp4').unref()
    const server = createServer()
    try {
      await once(claim.bind({ port, address: '127.0.0.1' }), 'listening')
      await once(server.listen(port, '127.0.0.1'), 'listening')
      server.close()
      await once(server, 'close')
      return port
    } catch {
      // Taken: by another test, or by something else on this machine.
      claim.close()
    }
  }
}
