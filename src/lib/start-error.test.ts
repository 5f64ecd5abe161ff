import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StartError } from './start-error.ts'

test('a start error says its sentence in both languages and keeps its cause', () => {
  const cause = new Error('EACCES')
  const error = new StartError({ zh: '端口 8000 已被占用。', en: 'Port 8000 is taken.' }, { cause })
  assert.equal(error.message, 'Port 8000 is taken.\n端口 8000 已被占用。')
  assert.equal(error.zh, '端口 8000 已被占用。')
  assert.equal(error.cause, cause)
  assert.equal(error.name, 'StartError')
})
