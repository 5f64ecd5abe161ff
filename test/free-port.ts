// Ports of one's own. One that was merely free a moment ago may be another test's by then, for four files run at once, and each listener
// that asks for none is given one by chance; and what still goes to a server that has ended must not come to another one.

import { randomInt } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/** Below those that the system gives out. */
const range = [11_000, 32_000] as const

/** UDP sockets of the same numbers, by which processes tell each other what is taken: until they end, however they do. */
const claims: Socket[] = []

/** A port where nobody listens, and nobody else will. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(...range)
    const claim = createSocket('udp4').unref()
    claim.bind(port, '127.0.0.1')
    if (await isThere(claim)) {
      const listener = createServer().listen(port, '127.0.0.1')
      if (await isThere(listener)) {
        listener.close()
        await once(listener, 'close')
        claims.push(claim)
        return port
      }
    }
    claim.close()
  }
}

function isThere(one: Socket | Server): Promise<boolean> {
  return once(one, 'listening').then(
    () => true,
    () => false,
  )
}
