import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DrizzleQueryError } from 'drizzle-orm'
import { pino } from 'pino'
import { loggedError } from './logged-error.ts'

test('a statement that failed is in the log with its text and why, and without its parameters', () => {
  const lines: string[] = []
  const log = pino({ serializers: { err: loggedError } }, { write: (text: string) => void lines.push(text) })
  const query = 'insert into "user" (phone, hash) values ($1, $2)'
  log.error({ err: new DrizzleQueryError(query, ['13800000000', 'two\nlines'], new Error('the server went away')) }, 'request failed')
  const { err } = JSON.parse(lines[0]!)
  assert.doesNotMatch(lines[0]!, /13800000000|lines/)
  assert.ok(err.message.includes(query) && err.message.includes('the server went away'), err.message)
  assert.match(err.stack, /logged-error\.test\.ts/)

  log.error({ err: new TypeError('another one') }, 'request failed')
  const other = JSON.parse(lines[1]!).err
  assert.deepEqual([other.type, other.message], ['TypeError', 'another one'])
})
