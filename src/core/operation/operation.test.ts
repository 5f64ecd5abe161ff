import assert from 'node:assert/strict'
import { test } from 'node:test'
import { effectivePath, effectiveUpstreamPath, flawOf, shapeOf } from './operation.ts'

const sound = {
  method: 'GET',
  path: '/api/{version}/park/{id}',
  version: 'v1',
  direction: 'uplink' as const,
  published: true,
  serviceTypeId: 1,
  serviceId: 7,
}
const around = { serviceTypes: new Set([1]), services: new Set([7]) }

test('two versions of one path with {version} in it are two paths', () => {
  assert.equal(effectivePath(sound), '/api/v1/park/{id}')
  assert.equal(shapeOf(effectivePath({ ...sound, version: '2.0' })), '/api/2.0/park/{}')
  assert.equal(effectivePath({ ...sound, version: '$&' }), '/api/$&/park/{id}')
  assert.equal(effectiveUpstreamPath(sound), '/api/v1/park/{id}')
  assert.equal(effectiveUpstreamPath({ ...sound, upstreamPath: '/{id}/of/{version}' }), '/{id}/of/v1')
})

function check(changes: object, field: string | undefined) {
  test(`${JSON.stringify(changes)} is ${field === undefined ? 'sound' : `the fault of ${field}`}`, () => {
    assert.equal(flawOf({ ...sound, ...changes }, around)?.field, field)
  })
}
check({}, undefined)
check({ version: '..' }, 'version')
check({ version: 'v 1' }, 'version')
check({ version: '{id}' }, 'version')
check({ version: '{x}' }, 'version')
check({ version: 'a/b' }, 'version')
check({ path: '/without', version: 'v 1' }, undefined)
check({ serviceTypeId: 2 }, 'serviceType')
check({ serviceId: 8 }, 'serviceId')
check({ serviceId: null }, 'serviceId')
check({ serviceId: null, published: false }, undefined)
check({ serviceId: null, direction: 'downlink', method: 'POST' }, undefined)
check({ direction: 'downlink' }, 'method')
check({ upstreamPath: '/{nobody}' }, 'upstreamPath')
check({ path: '/api/{version}/token', version: 'v1' }, 'path')
check({ path: '/api/{version}/token', version: 'one' }, undefined)
check({ deprecatedAt: new Date(2), sunsetAt: new Date(1) }, 'sunsetTime')
check({ deprecatedAt: new Date(1), sunsetAt: new Date(1) }, undefined)
