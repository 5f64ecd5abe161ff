// Files are read and written in a thread of their own, one at a time: it takes as long as it takes without anybody else waiting for it, its
// memory is bounded and given back, and what takes too long is ended. The libraries for it are loaded there, and go with it.

import { Worker } from 'node:worker_threads'
import { fault } from '#core/fault.ts'
import type { ListedOperation } from '#core/operation/operation.store.ts'
import type { Language } from '#text/text.ts'
import type { CheckedFile } from './rows.ts'
import type { Form, Place, Task, Told } from './thread.ts'

const msMax = 30_000
const megabytesMax = 256
const waitingMax = 4

let waiting = 0
let last: Promise<unknown> = Promise.resolve()

export function readInThread(file: Uint8Array, language: Language): Promise<CheckedFile> {
  return inTurn<CheckedFile>({ kind: 'read', file, language })
}

export function writeInThread(form: Form, listed: readonly ListedOperation[], place: Place): Promise<Uint8Array> {
  return inTurn<Uint8Array>({ kind: 'write', form, listed, ...place })
}

function inTurn<Result>(task: Task): Promise<Result> {
  if (waiting >= waitingMax) throw fault('overloaded')
  waiting++
  const turn = last.then(() => run<Result>(task)).finally(() => waiting--)
  last = turn.catch(() => {})
  return turn
}

function run<Result>(task: Task): Promise<Result> {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    name: 'interchange',
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: megabytesMax, maxYoungGenerationSizeMb: 16 },
  })
  worker.unref()
  const { promise, resolve, reject } = Promise.withResolvers<Result>()
  const costly = (cause?: unknown) => reject(fault('invalid_parameters', { reason: 'file_costly' }, { cause }))
  const late = setTimeout(costly, msMax)
  worker.once('message', (told: Told) => {
    if ('flaw' in told) reject(fault('invalid_parameters', told.flaw))
    else resolve(told.done as Result)
  })
  // Also when it ran out of memory.
  worker.once('error', costly)
  worker.once('exit', costly)
  return promise.finally(async () => {
    clearTimeout(late)
    await worker.terminate()
  })
}
