// Asks the person at the terminal for a password, without showing what is typed.

import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

export async function askPassword(question: string): Promise<string> {
  process.stderr.write(question)
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: true })
  lines.on('SIGINT', () => process.exit(130))
  const password = await lines.question('')
  lines.close()
  process.stderr.write('\n')
  return password
}
