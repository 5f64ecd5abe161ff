import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownPath } from './own-path.ts'

test('a path of ours is taken as it is', () => {
  for (const path of ['/', '/account', '/oauth/authorize?client_id=a&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=x//y', '/a#b']) {
    assert.equal(ownPath(path), path)
  }
  assert.equal(ownPath('/应用'), '/%E5%BA%94%E7%94%A8')
})

test('what leads, or could be read to lead, anywhere else is no path of ours', () => {
  const elsewhere = [
    undefined,
    '',
    'https://evil.example/',
    'HTTPS://evil.example',
    'http:evil.example',
    'https:/evil.example',
    '//evil.example',
    '///evil.example',
    '////evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '\\/evil.example',
    '/\\/evil.example',
    '/a\\b',
    '/\t/evil.example',
    '/\n/evil.example',
    '/\r\nSet-Cookie: a=b',
    '/\0/evil.example',
    '/\u0085/evil.example',
    ' /account',
    '\t//evil.example',
    'evil.example',
    '@evil.example',
    '.evil.example',
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    '/.//evil.example',
    '/..//evil.example',
    '/a/..//evil.example',
    '/%2e//evil.example',
    '/a//b',
    '?return=/x',
    '#x',
    `/${'a'.repeat(5_000)}`,
    '/\ud800/x\\',
  ]
  for (const given of elsewhere) assert.equal(ownPath(given), undefined, JSON.stringify(given))
})

test('what only looks like another host stays on ours', () => {
  for (const given of [
    '/%2f%2fevil.example',
    '/%5cevil.example',
    '/@evil.example',
    '/:80/x',
    '/https://evil.example'.replace('//', '%2f%2f'),
  ]) {
    const path = ownPath(given)!
    assert.equal(new URL(path, 'https://platform.example').origin, 'https://platform.example', given)
  }
})
