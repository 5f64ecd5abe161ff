import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boundaryOf, MultipartError, readParts } from './multipart.ts'

/** The body in pieces of `size`, and what is read of it. */
async function read(body: Buffer | string, size = 1e6, boundary = 'B') {
  const bytes = Buffer.from(body as string)
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  const parts: { name: string; filename: string | undefined; content: string }[] = []
  for await (const { name, filename, bytes } of readParts(pieces(), boundary)) {
    const chunks: Buffer[] = []
    for await (const chunk of bytes) chunks.push(chunk)
    parts.push({ name, filename, content: Buffer.concat(chunks).toString('latin1') })
  }
  return parts
}

const part = (disposition: string, content: string) => `--B\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`

test('what the platform’s own forms hold is read as it was, in pieces of any size', async () => {
  const content = `\r\n--\r\n--BOUND\0\xff${'-'.repeat(100)}\r\n\r\n--b`
  const form = new FormData()
  form.append('token', 'x y')
  form.append('file', new Blob([Buffer.from(content, 'latin1')]), 'a "b"\r\n.jpg')
  form.append('empty', new Blob([]), '空.txt')
  const request = new Request('http://x', { method: 'POST', body: form })
  const boundary = boundaryOf(request.headers.get('content-type')!)!
  const body = Buffer.from(await request.arrayBuffer())
  for (const size of [1, 2, 7, 61, 1e6]) {
    assert.deepEqual(await read(body, size, boundary), [
      { name: 'token', filename: undefined, content: 'x y' },
      { name: 'file', filename: 'a "b"  .jpg', content },
      { name: 'empty', filename: '空.txt', content: '' },
    ])
  }
})

test('preamble, epilogue, other fields of a head and quoting are taken as RFC 2046 and 7578 have them', async () => {
  const body = `preamble\r\n--B  \r\nContent-Type: image/png\r\ncontent-disposition:form-data;name=file;filename="C:\\\\\\"x\\".png"\r\n\r\n1\r\n--B--\r\nepilogue --B`
  assert.deepEqual(await read(body), [{ name: 'file', filename: 'C:\\\\"x".png', content: '1' }])
  assert.deepEqual(await read('--B--'), [])
})

for (const [what, body] of Object.entries({
  'without an end': part('name="a"', '1'),
  'that ends in a head': '--B\r\nContent-Disp',
  'that is empty': '',
  'without a boundary': 'hello',
  'with a part without a head': '--B\r\n\r\n1\r\n--B--',
  'with a part without a name': `${part('filename="x"', '1')}--B--`,
  'of another disposition': '--B\r\nContent-Disposition: attachment; name="a"\r\n\r\n1\r\n--B--',
  'with something behind a boundary': '--Bx\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B--',
  'with a head that is too long': `--B\r\nX: ${'x'.repeat(9_000)}\r\n\r\n`,
  'with too many parts': `${part('name="a"', '1').repeat(101)}--B--`,
  'with a head that is not UTF-8': Buffer.from(`${part('name="\xff"', '1')}--B--`, 'latin1'),
})) {
  test(`a form ${what} is refused`, async () => {
    for (const size of [1, 1e6]) await assert.rejects(read(body, size), MultipartError)
  })
}

test('a boundary is read from the type, quoted or not', () => {
  assert.equal(boundaryOf('multipart/form-data; boundary=abc'), 'abc')
  assert.equal(boundaryOf('Multipart/Form-Data; charset=utf-8; Boundary="a b"'), 'a b')
  for (const type of [
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'application/json; boundary=x',
    `multipart/form-data; boundary=${'x'.repeat(71)};`,
  ]) {
    assert.equal(boundaryOf(type), undefined, type)
  }
})
