// A certificate for 127.0.0.1 that signed itself, and its key, as files for one test.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** Writes `<name>.crt` and `<name>.key` into `folder`. */
export function newCertificate(folder: string, name: string): { cert: string; key: string } {
  const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
  const words = `req -x509 -nodes -days 2 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -subj /CN=${name} -addext subjectAltName=IP:127.0.0.1`
  execFileSync('openssl', [...words.split(' '), '-keyout', key, '-out', cert], { stdio: 'pipe' })
  return { cert, key }
}
