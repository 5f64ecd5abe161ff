// A service that reads with `reader.ts` and remembers what arrived; it answers every request with 200.

import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { type Message, readMessage } from './reader.ts'

export type ExactService = Awaited<ReturnType<typeof openExactService>>

export async function openExactService(onArrival: (request: Message) => void = () => {}) {
  const arrived: Message[] = []
  /** What no exact reader would take; a test that finds any has failed. */
  const inexact: string[] = []
  /** How many requests broke off. */
  let unfinished = 0
  const sockets = new Set<Socket>()

  const server = createServer((socket) => {
    sockets.add(socket)
    let bytes = ''
    socket.setEncoding('latin1')
    socket.on('data', (piece: string) => {
      bytes += piece
      try {
        for (let request = readMessage(bytes, 0); request; request = readMessage(bytes, 0)) {
          bytes = bytes.slice(request.end)
          arrived.push(request)
          onArrival(request)
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${request.start.startsWith('HEAD ') ? '' : 'ok'}`)
        }
      } catch (error) {
        inexact.push(`${error}: ${JSON.stringify(bytes)}`)
        socket.destroy()
      }
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      if (bytes !== '') unfinished++
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    inexact,
    unfinished: () => unfinished,
    async [Symbol.asyncDispose]() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
