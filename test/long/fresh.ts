// `npm run long -- fresh`: what somebody who has just cloned the repository meets. The clone holds what is committed, not what the
// working tree has besides.

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openInstallation, root } from '../kaimen-process.ts'

const installMsMax = 12 * 60_000

export async function fresh(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kaimen fresh 全新-'))
  // The database does not run as root, and its user has to reach the programs that npm brings.
  chmodSync(folder, 0o755)
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.on('exit', remove)
  try {
    await startIn(join(folder, '开放 平台'))
  } finally {
    remove()
    process.off('exit', remove)
  }
}

async function startIn(clone: string): Promise<void> {
  const cloned = spawnSync('git', ['clone', '--quiet', '--no-hardlinks', root, clone], { encoding: 'utf8' })
  if (cloned.status !== 0) throw new Error(cloned.stderr)
  const revision = spawnSync('git', ['log', '-1', '--format=%h %s'], { cwd: clone, encoding: 'utf8' }).stdout.trim()
  console.log(`cloned ${revision}\n    to ${clone}`)

  await using kaimen = await openInstallation({ name: '数据 data' })
  for (const which of ['first', 'second']) {
    const started = kaimen.start({ npmIn: clone, msMax: installMsMax })
    const ms = await started.healthy()
    await started.says(/Ctrl-C/)
    console.log(`${(ms / 1000).toFixed(1)} s from the ${which} npm start until both listeners answered; it said:\n${started.said()}`)
    const { code } = await started.stop('SIGINT')
    await kaimen.gone()
    console.log(`stopped by Ctrl-C, exit code ${code}, no process left\n`)
  }
}
