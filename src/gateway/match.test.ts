import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OperationDocument } from '#core/feed/document.ts'
import { compileRoutes, fillPath } from './match.ts'

const operation = (method: string, path: string, id: number): OperationDocument =>
  ({ kind: 'operation', id, method, path, upstreamPath: path }) as OperationDocument

const operations = [
  operation('GET', '/a', 1),
  operation('POST', '/a', 2),
  operation('GET', '/a/', 3),
  operation('GET', '/park/{id}', 4),
  operation('GET', '/park/north', 5),
  operation('GET', '/park/{id}/gate', 6),
  operation('GET', '/park/north/wall', 7),
  operation('GET', '/{any}/end', 8),
  operation('GET', '/', 9),
]
const routes = compileRoutes(operations)

function check(method: string, path: string, expected: number | undefined | 'bad_path', caught: string[] = []) {
  test(`${method} ${path} finds ${expected}`, () => {
    const found = routes.find(method, path)
    assert.equal(typeof found === 'object' ? found.operation.id : found, expected)
    if (typeof found === 'object') assert.deepEqual(found.caught, caught)
  })
}
check('GET', '/a', 1)
check('HEAD', '/a', 1)
check('POST', '/a', 2)
check('PUT', '/a', undefined)
check('GET', '/a/', 3)
check('GET', '/A', undefined)
check('GET', '/%61', 1)
check('GET', '/', 9)
check('GET', '/park/7', 4, ['7'])
check('GET', '/park/north', 5)
check('GET', '/park/north/gate', 6, ['north'])
check('GET', '/park/north/wall', 7)
check('GET', '/park/%E4%BA%AC%20A', 4, ['京 A'])
check('GET', '/park/', undefined)
check('GET', '/x/end', 8, ['x'])
check('GET', '/park//gate', 'bad_path')
check('GET', '//a', 'bad_path')
check('GET', '/park/..', 'bad_path')
check('GET', '/park/%2E%2e/gate', 'bad_path')
check('GET', '/park/./gate', 'bad_path')
check('GET', '/park/a%2Fb', 'bad_path')
check('GET', '/park/a%5cb', 'bad_path')
check('GET', '/park/a%00b', 'bad_path')
check('GET', '/park/%ff', 'bad_path')
check('GET', '/park/%', 'bad_path')
check('GET', '/park/%252e%252e', 4, ['%2e%2e'])

test('what was caught is encoded again, so that it stays one segment', () => {
  const of = operation('GET', '/park/{id}/gate/{no}', 1)
  assert.equal(fillPath('/v2/{no}/of/{id}', of, ['京 A?#', '%2e%2e']), `/v2/%252e%252e/of/${encodeURIComponent('京 A?#')}`)
})
