// The order of the house, as tests: who may import whom, and what no file may hold.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { settings } from '#config.ts'

const root = join(import.meta.dirname, '..')
// Whoever owns the clone: git refuses one of somebody else's, as root finds it in a container.
const list = ['-c', 'safe.directory=*', 'ls-files', '--cached', '--others', '--exclude-standard']
const files = execFileSync('git', list, { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)))
const sources = files.filter((file) => file.startsWith('src/') && file.endsWith('.ts') && !file.endsWith('.test.ts'))
const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** Each room imports from itself and from these. `config` is read everywhere that is put together or serves. */
const mayImport: Record<string, string[]> = {
  lib: [],
  schemes: ['lib'],
  config: ['lib'],
  db: ['lib'],
  core: ['lib', 'schemes', 'db'],
  text: ['lib', 'schemes', 'core', 'config'],
  edge: ['lib', 'schemes', 'db', 'core', 'text', 'config'],
  gateway: ['lib', 'schemes', 'core', 'text', 'config'],
  worker: ['lib', 'db', 'core', 'text', 'config'],
  supervisor: ['lib'],
  platform: ['lib', 'db', 'core', 'text', 'edge', 'worker', 'config'],
  start: ['lib', 'core', 'config', 'platform', 'gateway', 'supervisor'],
  main: ['lib', 'start'],
}

/** The room of a file: the folder below `src`, or the name of a file that stands there alone. */
function roomOf(file: string): string {
  return file.split('/')[1]!.replace(/\.ts$/, '')
}

function importsOf(file: string): { target: string; isType: boolean }[] {
  const imports = [
    ...read(file).matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|import\('([^']+)'\)/gm),
  ]
  return imports.flatMap(([, isType, ...names]) => {
    const name = names.find((one) => one !== undefined)!
    if (name.startsWith('#')) return [{ target: `src/${name.slice(1)}`, isType: isType !== undefined }]
    if (name.startsWith('.')) return [{ target: normalize(join(dirname(file), name)), isType: isType !== undefined }]
    return []
  })
}

test('each room imports only from its left', () => {
  const wrong = sources.flatMap((file) => {
    const room = roomOf(file)
    const allowed = mayImport[room]
    assert.ok(allowed, `${file}: the room ${room} has no place in the order`)
    return importsOf(file)
      .map(({ target }) => target)
      .filter((target) => roomOf(target) !== room && !allowed.includes(roomOf(target)))
      .map((target) => `${file} imports ${target}`)
  })
  assert.deepEqual(wrong, [])
})

test('the gateway never reaches the database, not even through somebody', () => {
  const seen = new Set<string>()
  function visit(file: string, way: string[]): void {
    if (seen.has(file)) return
    seen.add(file)
    assert.ok(!file.startsWith('src/db/') && !file.endsWith('.store.ts'), [...way, file].join(' → '))
    // Types are gone when the gateway runs.
    for (const { target, isType } of importsOf(file)) if (!isType) visit(target, [...way, file])
  }
  visit('src/gateway/gateway.ts', [])
})

test('SQL stays in the stores and in db', () => {
  const wrong = sources.filter(
    (file) => !file.endsWith('.store.ts') && !file.startsWith('src/db/') && /from 'drizzle-orm|from 'pg'/.test(read(file)),
  )
  // The supervisor asks PostgreSQL whether it is up, before there is any of our tables.
  assert.deepEqual(wrong.filter((file) => !file.startsWith('src/supervisor/')), []) // biome-ignore format: one thought
})

test('paths of the API stand whole in routes.ts, and nowhere else at the platform’s edge', () => {
  const wrong = sources.filter(
    (file) => file.startsWith('src/edge/') && !file.endsWith('/routes.ts') && /'\/openapi\/[a-z]+\/[a-z]+/i.test(read(file)),
  )
  assert.deepEqual(wrong.filter((file) => file !== 'src/edge/management/token.ts'), []) // biome-ignore format: signed, so it must be said there
})

test('no error is silenced, and no test stands alone', () => {
  const wrong = files.filter((file) => file.endsWith('.ts') && file !== 'test/tidy.ts').flatMap((file) => {
    const text = read(file)
    const found = [/@ts-(ignore|nocheck|expect-error)/, /\b(test|it|describe)\.(only|todo)\(/].filter((pattern) => pattern.test(text))
    return found.map((pattern) => `${file}: ${pattern}`)
  }) // biome-ignore format: one thought
  assert.deepEqual(wrong, [])
})

test('every setting that the code names exists', () => {
  const known = new Set<string>(Object.values(settings).map(({ env }) => env))
  const wrong = sources.flatMap((file) =>
    [...read(file).matchAll(/KAIMEN_[A-Z0-9_]*[A-Z]/g)].filter(([name]) => !known.has(name)).map(([name]) => `${file}: ${name}`),
  )
  assert.deepEqual(wrong.filter((line) => !/KAIMEN_(FOO)\b/.test(line)), []) // biome-ignore format: one thought
})

test('the only JavaScript is bin/*.mjs', () => {
  assert.deepEqual(files.filter((file) => /\.(js|cjs|mjs)$/.test(file) && !/^bin\/[^/]+\.mjs$/.test(file) && !file.startsWith('test/vectors/')), []) // biome-ignore format: one thought
})

test('each page of the console has an address of its own', () => {
  const paths = [...read('console/src/pages.ts').matchAll(/^ {2}\{ path: '([^']+)'/gm)].map(([, path]) => path!)
  assert.ok(paths.length > 0)
  // With two the router refuses to start, and no page is shown at all.
  assert.deepEqual(paths.filter((path, at) => paths.indexOf(path) !== at), []) // biome-ignore format: one thought
})

test('links between documents lead somewhere', () => {
  const wrong = files.filter((file) => file.endsWith('.md') && !file.startsWith('test/vectors/')).flatMap((file) =>
    [...read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].filter(([, link]) => !existsSync(join(root, dirname(file), link!))).map(([, link]) => `${file}: ${link}`),
  ) // biome-ignore format: one thought
  assert.deepEqual(wrong, [])
})
