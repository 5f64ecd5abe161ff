// Reads one file, or writes one, for the platform (see `in-thread.ts`), and ends.

import { parentPort, workerData } from 'node:worker_threads'
import type { Detail } from '#core/fault.ts'
import type { ListedOperation } from '#core/operation/operation.store.ts'
import type { Language } from '#text/text.ts'
import { exportRow } from '../interface-fields.ts'
import { openApiOf } from './openapi-out.ts'
import { readFile } from './read-file.ts'
import { checkRows, FileFlaw } from './rows.ts'

export type Task =
  | { readonly kind: 'read'; readonly file: Uint8Array; readonly language: Language }
  | ({ readonly kind: 'write'; readonly form: Form; readonly listed: readonly ListedOperation[] } & Place)

export interface Place {
  readonly timeZone: string
  /** Where the gateway is called: a URL, or `/` where nobody has said. */
  readonly server: string
}

export type Form = 'xlsx' | 'openapi' | 'openapi-yaml'

export type Told = { readonly done: unknown } | { readonly flaw: Detail }

try {
  parentPort!.postMessage({ done: await work(workerData as Task) } satisfies Told)
} catch (error) {
  // The readers throw what they like at what they do not understand.
  const problem = String((error as Error).message ?? error)
    .split('\n', 1)[0]!
    .slice(0, 200)
  const flaw = error instanceof FileFlaw ? error.detail : ({ reason: 'file_unreadable', problem } as const)
  parentPort!.postMessage({ flaw } satisfies Told)
}

async function work(task: Task): Promise<unknown> {
  if (task.kind === 'read') return checkRows(await readFile(task.file), task.language)
  const rows = task.listed.map((one) => exportRow(one, task.timeZone))
  if (task.form === 'xlsx') return (await import('./workbook.ts')).writeRows(rows)
  const document = openApiOf(rows, task.server)
  if (task.form === 'openapi') return Buffer.from(JSON.stringify(document, null, 2))
  return Buffer.from((await import('yaml')).stringify(document, { aliasDuplicateObjects: false }))
}
