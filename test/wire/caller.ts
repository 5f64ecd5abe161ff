// A caller that sends exactly these bytes, and reads what comes back with `reader.ts`.

import { connect, type Socket } from 'node:net'
import { type Message, readMessage, statusOf } from './reader.ts'

export interface Talk {
  readonly answers: readonly Message[]
  /** What came behind the last whole answer. */
  readonly rest: string
  /** The gateway closed the connection, though we would have gone on. */
  readonly closed: boolean
}

export interface TalkOptions {
  /** Our side is closed behind the last byte. */
  readonly ends?: boolean | undefined
  /** How many answers are waited for. */
  readonly answers: number
  readonly msMax: number
  /** How long the connection is watched behind them: whether the gateway closes it. */
  readonly closeMsMax: number
}

/** `parts` are sent one after the other, each when the one before has been answered. */
export async function talk(
  base: string,
  parts: readonly string[],
  { ends, answers: wanted, msMax, closeMsMax }: TalkOptions,
): Promise<Talk> {
  const { hostname, port } = new URL(base)
  const socket = connect({ port: Number(port), host: hostname, noDelay: true })
  socket.on('error', () => {})
  let bytes = ''
  let open = true
  let wake = () => {}
  socket.setEncoding('latin1')
  socket.on('data', (piece: string) => {
    bytes += piece
    wake()
  })
  socket.on('end', () => socket.destroy())
  socket.on('close', () => {
    open = false
    wake()
  })
  const isHead = parts[0]!.startsWith('HEAD ')
  const deadline = performance.now() + msMax

  async function answered(count: number): Promise<Message[]> {
    for (;;) {
      const answers = readAnswers(bytes, isHead, open)
      const left = deadline - performance.now()
      if (answers.length >= count || !open || left <= 0) return answers
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, left)
      wake = resolve
      await promise
      clearTimeout(timer)
    }
  }

  for (const [index, part] of parts.entries()) {
    if (index > 0) await answered(index)
    socket.write(part, 'latin1')
  }
  if (ends) socket.end()
  await answered(wanted)
  const closed = await closes(socket, closeMsMax, () => open)
  socket.resetAndDestroy()
  const answers = readAnswers(bytes, isHead, false)
  return { answers, rest: bytes.slice(answers.at(-1)?.end ?? 0), closed }
}

async function closes(socket: Socket, msMax: number, isOpen: () => boolean): Promise<boolean> {
  if (isOpen() && msMax > 0) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, msMax)
    socket.once('close', resolve)
    await promise
    clearTimeout(timer)
  }
  return !isOpen()
}

function readAnswers(bytes: string, isHead: boolean, open: boolean): Message[] {
  const answers: Message[] = []
  for (let at = 0; at < bytes.length; ) {
    const answer = readMessage(bytes, at, isHead)
    if (!answer || (answer.framing === 'until_close' && open)) break
    at = answer.end
    if (statusOf(answer) >= 200) answers.push(answer)
  }
  return answers
}
