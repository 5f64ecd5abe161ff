// A caller that sends exactly these bytes, and reads what comes back with `reader.ts`.

import { connect } from 'node:net'
import { type Message, readMessage, statusOf } from './reader.ts'

export type Line = ReturnType<typeof openLine>

/** One connection. Bytes are latin1 characters. */
export function openLine(base: string) {
  const { hostname, port } = new URL(base)
  const socket = connect({ port: Number(port), host: hostname, noDelay: true })
  const answers: Message[] = []
  let bytes = ''
  let open = true
  let isHead = false
  let wake = () => {}

  socket.setEncoding('latin1')
  socket.on('data', (piece: string) => {
    bytes += piece
    read()
  })
  socket.on('end', () => socket.destroy())
  socket.on('error', () => {})
  socket.on('close', () => {
    open = false
    read()
  })

  function read(): void {
    try {
      for (let answer = readMessage(bytes, 0, isHead); answer; answer = readMessage(bytes, 0, isHead)) {
        if (answer.framing === 'until_close' && open) break
        bytes = bytes.slice(answer.end)
        if (statusOf(answer) >= 200) answers.push(answer)
      }
    } catch {
      // It stays in `rest`, for the test to find.
      socket.destroy()
    }
    wake()
  }

  /** Waits until it is so, or the connection closed, or the time is over. */
  async function until(isSo: () => boolean, msMax: number): Promise<void> {
    const deadline = performance.now() + msMax
    for (let left = msMax; open && !isSo() && left > 0; left = deadline - performance.now()) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, left)
      wake = resolve
      await promise
      clearTimeout(timer)
    }
  }

  return {
    answers,
    isOpen: () => open,
    /** What came behind the last whole answer. */
    rest: () => bytes,
    until,
    send(message: string): void {
      isHead = message.startsWith('HEAD ')
      socket.write(message, 'latin1')
    },
    end: () => socket.end(),
    drop(): void {
      open = false
      socket.resetAndDestroy()
    },
  }
}

export interface Talk {
  readonly answers: readonly Message[]
  readonly rest: string
  /** The gateway closed the connection, though we would have gone on. */
  readonly closed: boolean
}

export interface TalkOptions {
  /** Our side is closed behind the last byte. */
  readonly ends?: boolean | undefined
  /** How many answers are waited for, and how long. */
  readonly answers: number
  readonly msMax: number
  /** How long the connection is watched behind them: whether the gateway closes it. */
  readonly closeMsMax: number
}

/** `parts` are sent one after the other, each when the one before has been answered. */
export async function talk(base: string, parts: readonly string[], { ends, answers, msMax, closeMsMax }: TalkOptions): Promise<Talk> {
  const line = openLine(base)
  const answered = (count: number) => line.until(() => line.answers.length >= count, msMax)
  for (const [index, part] of parts.entries()) {
    await answered(index)
    line.send(part)
  }
  if (ends) line.end()
  await answered(answers)
  await line.until(() => false, closeMsMax)
  const talk = { answers: line.answers, rest: line.rest(), closed: !line.isOpen() }
  line.drop()
  return talk
}
