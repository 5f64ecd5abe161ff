// Interfaces from a file, all or nothing (contract §1; settled B4, B5, E14, F27): each row is a new interface, or changes the one that has its
// method, path and version.

import { z } from 'zod'
import { tellOfOperations } from '#core/event/platform-event.store.ts'
import { fault, type RowError, RowsFault } from '#core/fault.ts'
import { insertOperations, rewriteOperations } from '#core/operation/operation.store.ts'
import type { Db } from '#db/open.ts'
import { endpoint, type ManagementDeps } from './endpoint.ts'
import { columns } from './interchange/columns.ts'
import { readInThread } from './interchange/in-thread.ts'
import { orConflict, requirePublishing } from './interface.ts'
import { interfaceOnWire } from './interface-fields.ts'
import { type Importer, isSame, type Plan, planOf } from './interface-plan.ts'

const bytesMax = 20 * 1024 * 1024
const errorsToldMax = 1_000

const place = {
  row: z.int(),
  method: z.string(),
  path: z.string(),
  version: z.string(),
  name: z.string(),
  given: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('With rows=true: what the file says of it, as a JSON file for an import would'),
}
const difference = z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })

export const importInterfaces = endpoint({
  summary: { en: 'Import interfaces: workbook, OpenAPI 3, or our export', zh: '导入接口（Excel、OpenAPI 3 或导出的 JSON）' },
  query: z.object({
    dryRun: z.enum(['true', 'false']).optional().describe('true: only says what would change'),
    rows: z
      .enum(['true', 'false'])
      .optional()
      .describe('true, with dryRun: tells each row in full, so that a long file can be sent in portions'),
  }),
  upload: bytesMax,
  // The file is read before anything is asked of the database.
  ownTransactions: true,
  // Whatever its name (settled F24).
  body: z.object({ file: z.file().optional() }).catchall(z.union([z.string(), z.file()])),
  answer: z
    .object({
      added: z.array(z.object(place)),
      changed: z.array(z.object({ ...place, id: z.int(), differences: z.array(difference) })),
      unchanged: z.int(),
      errors: z.array(z.object({ row: z.int(), field: z.string().optional(), reason: z.string() })),
    })
    .nullable()
    .describe('null, but for dryRun'),
  async handle({ query, body, language }, deps, viewer) {
    const sent = Object.values(body).find((part) => part instanceof File)
    if (!sent) throw fault('invalid_parameters', { reason: 'file_missing' })
    const file = await readInThread(new Uint8Array(await sent.arrayBuffer()), language)
    const importer = { username: viewer.username, now: deps.now(), timeZone: deps.config.timeZone, language }
    const planned = async (tx: Db) => {
      const plan = await planOf(tx, file, importer)
      for (const one of [...plan.added, ...plan.changed]) requirePublishing(viewer, one)
      return plan
    }
    if (query.dryRun === 'true') return toldOf(await deps.db.transaction(planned), query.rows === 'true', deps)
    await orConflict(
      () => undefined,
      () => deps.db.transaction(async (tx) => write(tx, await planned(tx), importer)),
    )
    return null
  },
})

async function write(tx: Db, { added, changed, errors }: Plan, { timeZone, now }: Importer): Promise<void> {
  if (errors.length > 0) throw new RowsFault(sorted(errors), errors.length)
  const [published, others] = [true, false].map((is) => changed.map(({ after }) => after).filter((after) => after.published === is))
  // What is unpublished makes room for what is published.
  await rewriteOperations(tx, others!)
  await rewriteOperations(tx, published!)
  const inserted = await insertOperations(tx, added.map(({ after }) => after)) // biome-ignore format: one thought
  await tellOfOperations(tx, [...changed, ...inserted.map((after) => ({ after }))], timeZone, now)
}

/** By row; the first of them, for nobody reads more. */
function sorted(errors: readonly RowError[]): RowError[] {
  return errors.toSorted((a, b) => a.row - b.row).slice(0, errorsToldMax)
}

function toldOf({ added, changed, unchanged, errors }: Plan, isInFull: boolean, { config }: ManagementDeps) {
  const told = ({ row, given, after: { method, path, version, name } }: Plan['added'][number]) => {
    return { row, method, path, version, name, ...(isInFull ? { given } : {}) }
  }
  return {
    added: added.map(told),
    changed: changed.map(({ before, ...planned }) => ({
      ...told(planned),
      id: before.id,
      differences: differencesOf(interfaceOnWire(before, config.timeZone), interfaceOnWire(planned.after, config.timeZone)),
    })),
    unchanged,
    errors: sorted(errors),
  }
}

function differencesOf(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>) {
  return columns
    .filter(({ name, isTold }) => !isTold && !isSame(before[name], after[name]))
    .map(({ name }) => ({ field: name, before: before[name], after: after[name] }))
}
