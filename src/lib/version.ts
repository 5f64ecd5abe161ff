// Which Kaimen this is, as package.json says.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const version = String(JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')).version)
