// What a service may answer, byte by byte, and that it does nothing to the caller's next answer.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { get, ok, openGateway, openService, unreachable } from '../../../test/bare-sockets.ts'

/** An answer of a service, and what a caller on a kept connection must see of it. */
interface Row {
  readonly name: string
  readonly method?: string
  readonly answer: string
  /** The service closes after it. */
  readonly closes?: boolean
  readonly sees: RegExp
  readonly hides?: RegExp
  /** The caller's connection is cut. */
  readonly cut?: boolean
}

const rows: readonly Row[] = [
  { name: '204 with a length', answer: 'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n', sees: /204.*\r\n\r\n$/s, hides: /content-length/ },
  { name: '204 with a body', answer: 'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello', sees: /204.*\r\n\r\n$/s },
  { name: '304 with a length', answer: 'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n', sees: /304.*\r\n\r\n$/s },
  { name: 'HEAD', method: 'HEAD', answer: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n', sees: /content-length: 5.*\r\n\r\n$/s },
  { name: 'HEAD with a body', method: 'HEAD', answer: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello', sees: /\r\n\r\n$/ },
  { name: 'HEAD in chunks', method: 'HEAD', answer: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', sees: /200.*\r\n\r\n$/s },
  { name: 'more than its length', answer: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhello', sees: /\r\n\r\nhe$/ },
  { name: 'an answer behind the answer', answer: `${ok}HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil`, sees: /\r\n\r\nfine$/ },
  { name: 'less than its length', answer: 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello', closes: true, sees: /hello$/, cut: true },
  { name: 'a chunk too few', answer: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n', closes: true, sees: /hello\r\n$/, cut: true },
  { name: 'a bad chunk', answer: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n', sees: /^$/, cut: true },
  { name: 'length and chunks', answer: 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', sees: unreachable },
  { name: 'chunks and length', answer: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n', sees: unreachable },
  { name: 'two lengths', answer: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 3\r\n\r\nhello', sees: unreachable },
  { name: 'a list of lengths', answer: 'HTTP/1.1 200 OK\r\ncontent-length: 5, 5\r\n\r\nhello', sees: unreachable },
  { name: 'another coding', answer: 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n', sees: unreachable },
  { name: 'trailers', answer: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n5\r\nhello\r\n0\r\nx-sum: 1\r\n\r\n', sees: /hello\r\n0\r\n\r\n$/, hides: /x-sum/ },
  { name: '103 first', answer: `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${ok}`, sees: /^HTTP\/1\.1 200 .*fine$/s, hides: /103|link/ },
  { name: '101 unasked', answer: 'HTTP/1.1 101 Switching Protocols\r\nupgrade: foo\r\nconnection: upgrade\r\n\r\n', sees: unreachable },
  { name: 'until the end', answer: 'HTTP/1.1 200 OK\r\n\r\nhello', closes: true, sees: /chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n$/ },
  { name: 'HTTP/1.0', answer: 'HTTP/1.0 200 OK\r\n\r\nhello', closes: true, sees: /^HTTP\/1\.1 200.*hello\r\n0\r\n\r\n$/s },
  { name: 'line feeds only', answer: 'HTTP/1.1 200 OK\ncontent-length: 2\n\nok', sees: unreachable },
  { name: 'NUL in a field', answer: 'HTTP/1.1 200 OK\r\nx: a\0b\r\ncontent-length: 2\r\n\r\nok', sees: unreachable },
  { name: 'no HTTP at all', answer: 'SSH-2.0-x\r\n\r\n', sees: unreachable },
] // biome-ignore format: a row a line

for (const { name, method = 'GET', answer, closes, sees, hides, cut } of rows) {
  test(`${name}: the caller sees a whole answer or none, and its connection is still in step`, async () => {
    let calls = 0
    await using service = await openService((socket, soFar) => {
      if (!soFar.endsWith('\r\n\r\n')) return
      socket.write(++calls === 1 ? answer : ok, 'latin1')
      if (calls === 1 && closes) socket.end()
    })
    await using gateway = await openGateway([service.url], { retries: 0 })
    const caller = gateway.connect()
    caller.send(`${method} / HTTP/1.1\r\nhost: a\r\n\r\n`)
    if (cut) return assert.match(await caller.closes(), sees)
    const seen = await caller.reads(sees)
    if (hides) assert.doesNotMatch(seen, hides)
    caller.send(get)
    assert.match(await caller.reads(/fine$/), /^HTTP\/1\.1 200 /)
  })
}
