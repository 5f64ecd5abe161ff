// A connection that stops speaking HTTP: the answer that says so, and then both sides' bytes as they come.

import type { Socket } from 'node:net'

/** Bytes of the caller's that came along with the request wait until the service has agreed. */
export function joinSockets(caller: Socket, early: Buffer, service: Socket, fieldLines: readonly string[], closed: () => void): void {
  let open = 2
  // Whichever ends first, the other one gets what is on its way to it, and is over too.
  const end = () => {
    caller.destroySoon()
    service.destroySoon()
  }
  for (const side of [caller, service]) {
    // `close` follows. What the error says is that peer's business.
    side.on('error', () => {})
    side.on('end', end)
    side.on('close', () => {
      end()
      if (--open === 0) closed()
    })
  }
  let head = 'HTTP/1.1 101 Switching Protocols\r\n'
  for (let at = 0; at < fieldLines.length; at += 2) head += `${fieldLines[at]}: ${fieldLines[at + 1]}\r\n`
  caller.write(`${head}\r\n`, 'latin1')
  if (early.length > 0) caller.unshift(early)
  caller.pipe(service)
  service.pipe(caller)
}
