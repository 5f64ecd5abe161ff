// The migrations make what `src/db/schema.ts` says: generating from it again must find nothing to write.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'

const root = join(import.meta.dirname, '..')
// drizzle-kit resolves the schema from the repository, so the copy lies in it.
const copy = mkdtempSync(join(root, 'node_modules', '.kaimen-migrations-'))
try {
  cpSync(join(root, 'src/db/migrations'), copy, { recursive: true })
  const before = readdirSync(copy).length
  const args = ['generate', '--dialect=postgresql', '--casing=snake_case', '--schema=src/db/schema.ts', `--out=${relative(root, copy)}`]
  const output = execFileSync(process.execPath, [join(root, 'node_modules/drizzle-kit/bin.cjs'), ...args], { cwd: root, encoding: 'utf8' })
  if (readdirSync(copy).length !== before) {
    console.error(`src/db/schema.ts is ahead of its migrations. Run \`npm run migration\` and commit what it writes.\n${output}`)
    process.exitCode = 1
  }
} finally {
  rmSync(copy, { recursive: true })
}
