// A PostgreSQL for the tests of one run, in a folder of its own that goes with it: `await using postgres = await openOwnPostgres()`.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDataDir } from '#supervisor/data-dir.ts'
import { openPostgres } from '#supervisor/embedded-postgres.ts'

export async function openOwnPostgres() {
  const folder = mkdtempSync(join(tmpdir(), 'kaimen-test-'))
  // The database does not run as root, and its user has to pass through here.
  chmodSync(folder, 0o711)
  const dataDir = openDataDir(join(folder, 'data'))
  const postgres = await openPostgres({ dataDir: dataDir.path, runDir: dataDir.runDir, say: () => {} })
  return {
    url: postgres.url,
    /** The cluster's files. */
    path: join(dataDir.path, 'postgres'),
    async [Symbol.asyncDispose](): Promise<void> {
      await postgres.stop()
      for (const made of [folder, dataDir.runDir]) rmSync(made, { recursive: true, force: true })
    },
  }
}
