// HTTP/1.1 messages that two readers could read differently, and what the gateway does with each: it refuses the message and closes,
// or declines the call, or passes on exactly one request. Add a row where its like stand. Bytes are latin1 characters.

export interface Row {
  readonly name: string
  /** The rule that is broken, or the research that published the trick. */
  readonly source: string
  /** Each part is sent when the one before has been answered. */
  readonly parts: readonly string[]
  /** Our side is closed behind the last byte. */
  readonly ends?: true
  /** The statuses of the answers, without that of a refusal. */
  readonly answers: readonly number[]
  /** After the answers: 4xx, 501, 505 or nothing at all, and the connection is closed. */
  readonly refused: boolean
  /** What reaches the service: method, target, body. */
  readonly arrives: readonly string[]
  /** Something that the fields at the service must, or must not, look like; each line is `name: value`. */
  readonly like?: RegExp
  readonly unlike?: RegExp
  /** A refusal may come before the answer to what was sent in front of it, and in its place. */
  readonly mayOvertake?: true
}

/** Interfaces that these messages call, all of them open. */
export const published = [
  { path: '/echo', method: 'GET' },
  { path: '/echo', method: 'POST' },
  { path: '/echo', method: 'PUT' },
  { path: '/echo', method: 'DELETE' },
  { path: '/smuggled', method: 'GET' },
  { path: '/smuggled', method: 'POST' },
  { path: '/park/{name}/gate', method: 'GET' },
] as const

function message(startLine: string, fields: readonly string[], body = ''): string {
  return `${[startLine, ...fields].join('\r\n')}\r\n\r\n${body}`
}
const get = (target: string, ...fields: string[]) => message(`GET ${target} HTTP/1.1`, ['Host: gate', ...fields])
const post = (fields: readonly string[], body = '') => message('POST /echo HTTP/1.1', ['Host: gate', ...fields], body)
const chunked = (body: string) => post([te], body)

const te = 'Transfer-Encoding: chunked'
const hello = '5\r\nhello\r\n0\r\n\r\n'
/** A good request; wherever it follows a bad one, it must not be reached. */
const smuggled = get('/smuggled')

type Named = readonly [name: string, bytes: string]

/** The message breaks the protocol. What follows it on the connection is not looked at. */
function refused(source: string, rows: readonly Named[]): Row[] {
  return rows.map(([name, bytes]) => ({ name, source, parts: [bytes + smuggled], answers: [], refused: true, arrives: [] }))
}

/** The caller goes away in the middle. */
function brokenOff(source: string, rows: readonly Named[]): Row[] {
  return rows.map(([name, bytes]) => ({ name, source, parts: [bytes], ends: true, answers: [], refused: true, arrives: [] }))
}

/** A good message whose call is declined; the connection goes on. */
function declined(status: number, source: string, rows: readonly Named[]): Row[] {
  return rows.map(([name, bytes]) => ({ name, source, parts: [bytes], answers: [status], refused: false, arrives: [] }))
}

/** Unusual, but good: exactly this arrives. */
function passes(source: string, rows: readonly (readonly [...Named, arrives: string, like?: RegExp, unlike?: RegExp])[]): Row[] {
  return rows.map(([name, bytes, arrives, like, unlike]) => ({
    name,
    source,
    parts: [bytes],
    answers: [200],
    refused: false,
    arrives: [arrives],
    ...(like && { like }),
    ...(unlike && { unlike }),
  }))
}

const both = [
  ...refused('RFC 9112 §6.1; Kettle, HTTP Desync Attacks 2019', [
    ['CL.TE: Content-Length before Transfer-Encoding', post(['Content-Length: 5', te], '0\r\n\r\n')],
    ['TE.CL: Transfer-Encoding before Content-Length', post([te, 'Content-Length: 4'], '5c\r\nGPOST / HTTP/1.1\r\n')],
    ['both, and they agree', post([`Content-Length: ${hello.length}`, te], hello)],
    ['both, Content-Length: 0', post(['Content-Length: 0', te], hello)],
    ['both, Content-Length twice', post(['Content-Length: 5', te, 'Content-Length: 5'], hello)],
    ['both on a GET', `${get('/echo', 'Content-Length: 5', te)}0\r\n\r\n`],
    ['both, Transfer-Encoding: identity', post(['Content-Length: 5', 'Transfer-Encoding: identity'], 'hello')],
    ['both, Transfer-Encoding empty', post(['Content-Length: 5', 'Transfer-Encoding:'], 'hello')],
    ['both, Transfer-Encoding in capitals', post(['Content-Length: 5', 'TRANSFER-ENCODING: CHUNKED'], '0\r\n\r\n')],
    ['both, the coding after a tab', post(['Content-Length: 5', 'Transfer-Encoding:\tchunked'], '0\r\n\r\n')],
    ['both, in HTTP/1.0', message('POST /echo HTTP/1.0', ['Host: gate', 'Content-Length: 5', te], '0\r\n\r\n')],
  ]),
]

const codings = [
  ...refused('RFC 9112 §6.1: an unknown coding; Kettle, TE.TE 2019', [
    ['xchunked', post(['Transfer-Encoding: xchunked'], hello)],
    ['chunkedx', post(['Transfer-Encoding: chunkedx'], hello)],
    ['identity', post(['Transfer-Encoding: identity'], hello)],
    ['gzip alone', post(['Transfer-Encoding: gzip'], hello)],
    ['gzip, chunked: we would pass compressed bytes on as plain ones', post(['Transfer-Encoding: gzip, chunked'], hello)],
    ['gzip and chunked on two lines', post(['Transfer-Encoding: gzip', te], hello)],
    ['chunked, identity', post(['Transfer-Encoding: chunked, identity'], hello)],
    ['identity, chunked', post(['Transfer-Encoding: identity, chunked'], hello)],
    ['chunked, cow on two lines', post([te, 'Transfer-Encoding: cow'], hello)],
    ['cow, chunked on two lines', post(['Transfer-Encoding: cow', te], hello)],
    ['chunked twice in a list', post(['Transfer-Encoding: chunked, chunked'], hello)],
    ['chunked twice on two lines', post([te, te], hello)],
    ['a comma behind', post(['Transfer-Encoding: chunked,'], hello)],
    ['a comma before', post(['Transfer-Encoding: ,chunked'], hello)],
    ['a parameter', post(['Transfer-Encoding: chunked;q=1'], hello)],
    ['in quotes', post(['Transfer-Encoding: "chunked"'], hello)],
    ['in apostrophes', post(["Transfer-Encoding: 'chunked'"], hello)],
    ['a space inside', post(['Transfer-Encoding: chun ked'], hello)],
    ['empty', post(['Transfer-Encoding:'], hello)],
    ['empty, then chunked on a second line', post(['Transfer-Encoding:', te], hello)],
    ['a tab behind, which would be allowed; llhttp is stricter', post(['Transfer-Encoding: chunked\t'], hello)],
    ['a vertical tab before', post(['Transfer-Encoding:\x0bchunked'], hello)],
    ['a form feed before', post(['Transfer-Encoding:\x0cchunked'], hello)],
    ['a vertical tab behind', post(['Transfer-Encoding: chunked\x0b'], hello)],
    ['a no-break space before', post(['Transfer-Encoding: \xa0chunked'], hello)],
    ['NUL behind', post(['Transfer-Encoding: chunked\0'], hello)],
    ['a Latin ſ lookalike', post(['Transfer-Encoding: chun\xc2\xadked'], hello)],
    ['the value on a folded line', post(['Transfer-Encoding:\r\n chunked'], hello)],
    ['a folded line behind', post(['Transfer-Encoding: chunked\r\n\t, identity'], hello)],
    ['the name folded in: a line before ends in it', post(['X: x\r\n Transfer-Encoding: chunked'], hello)],
    ['a space before the colon', post(['Transfer-Encoding : chunked'], hello)],
    ['a tab before the colon', post(['Transfer-Encoding\t: chunked'], hello)],
    ['a space before the name', post([' Transfer-Encoding: chunked'], hello)],
    ['a bare CR in the name', post(['Transfer\r-Encoding: chunked'], hello)],
    ['a bare LF before the name', post(['X: x\nTransfer-Encoding: chunked'], hello)],
    ['a bare CR before the name', post(['X: x\rTransfer-Encoding: chunked'], hello)],
    ['no colon', post(['Transfer-Encoding chunked'], hello)],
    ['an equals sign for the colon', post(['Transfer-Encoding= chunked'], hello)],
  ]),
  ...refused('RFC 9112 §6.1: Transfer-Encoding is not for HTTP/1.0', [
    ['chunked in HTTP/1.0', message('POST /echo HTTP/1.0', ['Host: gate', te], hello)],
    ['chunked in HTTP/1.0 with keep-alive', message('POST /echo HTTP/1.0', ['Host: gate', 'Connection: keep-alive', te], hello)],
  ]),
]

const lengths = [
  ...refused('RFC 9112 §6.3: one valid Content-Length', [
    ['two, different', post(['Content-Length: 5', 'Content-Length: 0'], 'hello')],
    ['two, different, the other way round', post(['Content-Length: 0', 'Content-Length: 5'], 'hello')],
    ['two, equal (Linhart, HTTP Request Smuggling 2005)', post(['Content-Length: 5', 'Content-Length: 5'], 'hello')],
    ['two, equal but for case', post(['Content-Length: 5', 'content-length: 5'], 'hello')],
    ['two, of one number in two texts', post(['Content-Length: 5', 'Content-Length: 05'], 'hello')],
    ['two, one of them empty', post(['Content-Length: 5', 'Content-Length:'], 'hello')],
    ['a list of equals', post(['Content-Length: 5, 5'], 'hello')],
    ['a list without a space', post(['Content-Length: 5,5'], 'hello')],
    ['a list of others', post(['Content-Length: 5, 0'], 'hello')],
    ['a comma behind', post(['Content-Length: 5,'], 'hello')],
    ['a plus', post(['Content-Length: +5'], 'hello')],
    ['a minus', post(['Content-Length: -5'], 'hello')],
    ['minus nought', post(['Content-Length: -0'])],
    ['hexadecimal', post(['Content-Length: 0x5'], 'hello')],
    ['a hexadecimal letter', post(['Content-Length: a'], 'hellohello')],
    ['a decimal point', post(['Content-Length: 5.0'], 'hello')],
    ['an exponent', post(['Content-Length: 5e0'], 'hello')],
    ['underscores, as Python reads them', post(['Content-Length: 0_5'], 'hello')],
    ['a space inside', post(['Content-Length: 1 0'], 'hellohello')],
    ['a tab inside', post(['Content-Length: 1\t0'], 'hellohello')],
    ['a vertical tab before', post(['Content-Length: \x0b5'], 'hello')],
    ['in quotes', post(['Content-Length: "5"'], 'hello')],
    ['empty', post(['Content-Length:'], 'hello')],
    ['spaces only', post(['Content-Length:   '], 'hello')],
    ['a semicolon behind', post(['Content-Length: 5;'], 'hello')],
    ['letters behind', post(['Content-Length: 5abc'], 'hello')],
    ['NUL behind', post(['Content-Length: 5\0'], 'hello')],
    ['full-width digits', post(['Content-Length: \xef\xbc\x95'], 'hello')],
    ['2^53 + 1: no number of JavaScript', post(['Content-Length: 9007199254740993'], 'hello')],
    ['2^63', post(['Content-Length: 9223372036854775808'], 'hello')],
    ['2^64: it would wrap to nought', post(['Content-Length: 18446744073709551616'], 'hello')],
    ['2^64 + 5: it would wrap to five', post(['Content-Length: 18446744073709551621'], 'hello')],
    ['a thousand digits', post([`Content-Length: ${'9'.repeat(1_000)}`], 'hello')],
    ['a space before the colon (CVE-2021-22959)', post(['Content-Length : 5'], 'hello')],
    ['a space before the name (CVE-2024-27982)', post([' Content-Length: 5'], 'hello')],
    ['a folded line behind', post(['Content-Length: 5\r\n 0'], 'hello')],
    ['the value on a folded line', post(['Content-Length:\r\n 5'], 'hello')],
    ['a bare LF before the name', post(['X: x\nContent-Length: 5'], 'hello')],
    ['a bare CR before the name', post(['X: x\rContent-Length: 5'], 'hello')],
    ['NUL in the name', post(['Content-\0Length: 5'], 'hello')],
  ]),
  ...refused('Kettle, 0.CL, HTTP/1.1 Must Die 2025', [
    ['0.CL: a length behind a name without value', get('/echo', 'X', 'Content-Length: 23')],
    ['0.CL: a length behind CR CR LF', post(['X: x\r', 'Content-Length: 5'], 'hello')],
  ]),
]

const chunks = [
  ...refused('RFC 9112 §7.1: chunk sizes', [
    ['not a number', chunked('x\r\nhello\r\n0\r\n\r\n')],
    ['empty', chunked('\r\nhello\r\n0\r\n\r\n')],
    ['minus', chunked('-5\r\nhello\r\n0\r\n\r\n')],
    ['plus', chunked('+5\r\nhello\r\n0\r\n\r\n')],
    ['0x', chunked('0x5\r\nhello\r\n0\r\n\r\n')],
    ['underscores', chunked('0_5\r\nhello\r\n0\r\n\r\n')],
    ['a decimal point', chunked('5.0\r\nhello\r\n0\r\n\r\n')],
    ['a space before', chunked(' 5\r\nhello\r\n0\r\n\r\n')],
    ['a space behind', chunked('5 \r\nhello\r\n0\r\n\r\n')],
    ['a tab behind', chunked('5\t\r\nhello\r\n0\r\n\r\n')],
    ['2^64: it would wrap to nought', chunked(`10000000000000000\r\n\r\n`)],
    ['2^64 + 5: it would wrap to five', chunked('10000000000000005\r\nhello\r\n0\r\n\r\n')],
    ['2^32 and more digits than fit', chunked('fffffffffffffffff\r\nhello\r\n0\r\n\r\n')],
    ['NUL behind', chunked('5\0\r\nhello\r\n0\r\n\r\n')],
    ['a bare LF behind', chunked('5\nhello\r\n0\r\n\r\n')],
    ['a bare CR behind', chunked('5\rhello\r\n0\r\n\r\n')],
    ['CR CR LF behind', chunked('5\r\r\nhello\r\n0\r\n\r\n')],
    ['no CRLF behind the data', chunked('5\r\nhello0\r\n\r\n')],
    ['more data than announced', chunked('4\r\nhello\r\n0\r\n\r\n')],
    ['less data than announced', chunked('6\r\nhello\r\n0\r\n\r\n')],
    ['a bare LF behind the data', chunked('5\r\nhello\n0\r\n\r\n')],
    ['a bare CR behind the data', chunked('5\r\nhello\r0\r\n\r\n')],
    ['two bytes, whichever, behind the data (SPILL)', chunked('5\r\nhelloXX0\r\n\r\n')],
    ['the last chunk ends in bare LF', chunked('5\r\nhello\r\n0\n\r\n')],
    ['the end is a bare LF', chunked('5\r\nhello\r\n0\r\n\n')],
    ['the end is LF LF', chunked('5\r\nhello\r\n0\n\n')],
    ['the end is CR CR', chunked('5\r\nhello\r\n0\r\n\r\r')],
  ]),
  ...refused('RFC 9112 §7.1.1; Weikop, Funky Chunks 2025: chunk extensions', [
    ['a bare LF ends the extension (TERM.EXT)', chunked('5;x\nhello\r\n0\r\n\r\n')],
    ['a bare LF inside the extension (EXT.TERM)', chunked('5;a\nb\r\nhello\r\n0\r\n\r\n')],
    ['a bare CR inside the extension', chunked('5;a\rb\r\nhello\r\n0\r\n\r\n')],
    ['NUL inside the extension (CVE-2021-22960)', chunked('5;a\0b\r\nhello\r\n0\r\n\r\n')],
    ['a bare LF inside a quoted value', chunked('5;a="x\ny"\r\nhello\r\n0\r\n\r\n')],
    ['CRLF inside a quoted value', chunked('5;a="x\r\ny"\r\nhello\r\n0\r\n\r\n')],
    ['a quoted value that does not end', chunked('5;a="x\r\nhello\r\n0\r\n\r\n')],
    ['no semicolon', chunked('5a=b\r\nhello\r\n0\r\n\r\n')],
    ['a name that is no token', chunked('5;a[b]=c\r\nhello\r\n0\r\n\r\n')],
    ['8-bit bytes', chunked('5;\xff\r\nhello\r\n0\r\n\r\n')],
    ['more extension than anybody needs', chunked(`5;${'x'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`)],
  ]),
  ...refused('RFC 9112 §7.1.2: trailers', [
    ['not a field', chunked('5\r\nhello\r\n0\r\nnonsense\r\n\r\n')],
    ['a bare LF', chunked('5\r\nhello\r\n0\r\nX: x\n\r\n')],
    ['a bare CR', chunked('5\r\nhello\r\n0\r\nX: x\ry\r\n\r\n')],
    ['a space before the colon', chunked('5\r\nhello\r\n0\r\nX : x\r\n\r\n')],
    ['a folded line', chunked('5\r\nhello\r\n0\r\nX: x\r\n y\r\n\r\n')],
    ['NUL', chunked('5\r\nhello\r\n0\r\nX: \0\r\n\r\n')],
    ['longer than a head', chunked(`5\r\nhello\r\n0\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`)],
    ['Content-Length, where it comes too late', chunked('5\r\nhello\r\n0\r\nContent-Length: 60\r\n\r\n')],
    ['Transfer-Encoding, where it comes too late', chunked('5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n')],
  ]),
]

const lines = [
  ...refused('settled E12: a bare LF ends nothing', [
    ['all of the head', `${'GET /echo HTTP/1.1\nHost: gate\n\n'}`],
    ['the request line', 'GET /echo HTTP/1.1\nHost: gate\r\n\r\n'],
    ['the Host line', 'GET /echo HTTP/1.1\r\nHost: gate\n\r\n'],
    ['a line in the middle', 'GET /echo HTTP/1.1\r\nX: x\nHost: gate\r\n\r\n'],
    ['the end of the head: CR LF LF', 'GET /echo HTTP/1.1\r\nHost: gate\r\n\n'],
    ['the end of the head: LF CR LF', 'GET /echo HTTP/1.1\r\nHost: gate\n\r\n'],
    ['the end of the head: LF LF', 'GET /echo HTTP/1.1\r\nHost: gate\n\n'],
    ['the end of a head with a body', 'POST /echo HTTP/1.1\r\nHost: gate\r\nContent-Length: 5\r\n\nhello'],
    ['behind a name without value', 'GET /echo HTTP/1.1\r\nHost: gate\r\nX:\n\r\n'],
  ]),
  ...refused('RFC 9112 §2.2: a bare CR', [
    ['in a value', get('/echo', 'X: a\rb')],
    ['at the end of a value', get('/echo', 'X: a\r')],
    ['in a name', get('/echo', 'X\rY: a')],
    ['for CRLF', 'GET /echo HTTP/1.1\rHost: gate\r\r'],
    ['CR LF CR X (CVE-2025-23167)', 'GET /echo HTTP/1.1\r\nHost: gate\r\n\rX'],
    ['CR CR LF behind a line', 'GET /echo HTTP/1.1\r\nHost: gate\r\r\n\r\n'],
    ['in the request line', 'GET /echo\r HTTP/1.1\r\nHost: gate\r\n\r\n'],
  ]),
  ...refused('RFC 9110 §5.5: control characters in a value', [
    ['NUL', get('/echo', 'X: a\0b')],
    ['NUL at the end', get('/echo', 'X: a\0')],
    ['BEL', get('/echo', 'X: a\x07b')],
    ['ESC', get('/echo', 'X: \x1b[31m')],
    ['vertical tab', get('/echo', 'X: a\x0bb')],
    ['form feed', get('/echo', 'X: a\x0cb')],
    ['DEL', get('/echo', 'X: a\x7fb')],
  ]),
  ...refused('RFC 9112 §5.2: folded lines (CVE-2022-32215)', [
    ['a space', get('/echo', 'X: a\r\n b')],
    ['a tab', get('/echo', 'X: a\r\n\tb')],
    ['nothing but a space', get('/echo', 'X: a\r\n ')],
    ['behind Host', 'GET /echo HTTP/1.1\r\nHost: gate\r\n .evil\r\n\r\n'],
    ['before any field', 'GET /echo HTTP/1.1\r\n X: x\r\nHost: gate\r\n\r\n'],
  ]),
  ...refused('RFC 9110 §5.1: names are tokens', [
    ['empty', get('/echo', ': x')],
    ['a space', get('/echo', ' : x')],
    ['a space before the colon', get('/echo', 'X : x')],
    ['a tab before the colon', get('/echo', 'X\t: x')],
    ['a space inside', get('/echo', 'X Y: x')],
    ['a slash', get('/echo', 'X/Y: x')],
    ['brackets', get('/echo', 'X[0]: x')],
    ['an at sign', get('/echo', '@X: x')],
    ['a quote', get('/echo', '"X": x')],
    ['NUL', get('/echo', 'X\0: x')],
    ['8-bit', get('/echo', 'X\xe9: x')],
    ['UTF-8', get('/echo', '\xe8\xbd\xa6: x')],
    ['no colon', get('/echo', 'X')],
    ['a request line again', get('/echo', 'GET /smuggled HTTP/1.1')],
  ]),
]

const requestLines = [
  ...refused('RFC 9112 §3: the request line', [
    ['a space behind the version', message('GET /echo HTTP/1.1 ', ['Host: gate'])],
    ['a tab before the target', message('GET\t/echo HTTP/1.1', ['Host: gate'])],
    ['a tab before the version', message('GET /echo\tHTTP/1.1', ['Host: gate'])],
    ['a vertical tab before the version', message('GET /echo\x0bHTTP/1.1', ['Host: gate'])],
    ['a space before the method', message(' GET /echo HTTP/1.1', ['Host: gate'])],
    ['a space inside the target', message('GET /echo smuggled HTTP/1.1', ['Host: gate'])],
    ['no target', message('GET HTTP/1.1', ['Host: gate'])],
    ['an empty target', message('GET  HTTP/1.1', ['Host: gate'])],
    ['no version', message('GET /echo', ['Host: gate'])],
    ['HTTP/0.9, by its absence', 'GET /echo\r\n'],
    ['HTTP/0.9, by its name', message('GET /echo HTTP/0.9', ['Host: gate'])],
    ['HTTP/2.0', message('GET /echo HTTP/2.0', ['Host: gate'])],
    ['HTTP/3.0', message('GET /echo HTTP/3.0', ['Host: gate'])],
    ['HTTP/1.2', message('GET /echo HTTP/1.2', ['Host: gate'])],
    ['HTTP/1.10', message('GET /echo HTTP/1.10', ['Host: gate'])],
    ['HTTP/01.1', message('GET /echo HTTP/01.1', ['Host: gate'])],
    ['HTTP/1', message('GET /echo HTTP/1', ['Host: gate'])],
    ['HTTP/1.', message('GET /echo HTTP/1.', ['Host: gate'])],
    ['HTTP/1,1', message('GET /echo HTTP/1,1', ['Host: gate'])],
    ['HTTP 1.1', message('GET /echo HTTP 1.1', ['Host: gate'])],
    ['http/1.1', message('GET /echo http/1.1', ['Host: gate'])],
    ['HTTPS/1.1', message('GET /echo HTTPS/1.1', ['Host: gate'])],
    ['ICE/1.0', message('GET /echo ICE/1.0', ['Host: gate'])],
    ['HTTP/-1.1', message('GET /echo HTTP/-1.1', ['Host: gate'])],
    ['NUL in the target', message('GET /ec\0ho HTTP/1.1', ['Host: gate'])],
    ['DEL in the target', message('GET /ec\x7fho HTTP/1.1', ['Host: gate'])],
    ['a target in UTF-8', message('GET /\xe8\xbd\xa6 HTTP/1.1', ['Host: gate'])],
    ['a target in Latin-1', message('GET /echo?a=\xe9 HTTP/1.1', ['Host: gate'])],
    ['a fragment', message('GET /echo#/../smuggled HTTP/1.1', ['Host: gate'])],
    ['a backslash for the slash', message('GET \\echo HTTP/1.1', ['Host: gate'])],
    ['a relative path', message('GET echo HTTP/1.1', ['Host: gate'])],
    ['a query alone', message('GET ?a=1 HTTP/1.1', ['Host: gate'])],
    ['a target longer than a head', message(`GET /echo?a=${'x'.repeat(70_000)} HTTP/1.1`, ['Host: gate'])],
    ['nothing but CRLFs, then nonsense', '\r\n\r\nnonsense\r\n\r\n'],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['an answer', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a PROXY line', 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n'],
  ]),
  ...refused('RFC 9112 §3.2: other forms of target, which no caller of ours sends', [
    ['absolute form', message('GET http://gate/echo HTTP/1.1', ['Host: gate'])],
    ['absolute form of another host', message('GET http://evil/echo HTTP/1.1', ['Host: gate'])],
    ['absolute form with user and port', message('GET http://a:b@gate:80/echo HTTP/1.1', ['Host: gate'])],
    ['another scheme', message('GET file:///etc/passwd HTTP/1.1', ['Host: gate'])],
    ['authority form on a GET', message('GET gate:80 HTTP/1.1', ['Host: gate'])],
    ['authority form on a CONNECT', message('CONNECT gate:80 HTTP/1.1', ['Host: gate'])],
    ['CONNECT of a path', message('CONNECT /echo HTTP/1.1', ['Host: gate'])],
    ['asterisk form on an OPTIONS', message('OPTIONS * HTTP/1.1', ['Host: gate'])],
    ['asterisk form on a GET', message('GET * HTTP/1.1', ['Host: gate'])],
    ['asterisk form with a path', message('OPTIONS */echo HTTP/1.1', ['Host: gate'])],
  ]),
  ...refused('RFC 9110 §9.1: methods', [
    ['in lower case', message('get /echo HTTP/1.1', ['Host: gate'])],
    ['in mixed case', message('Get /echo HTTP/1.1', ['Host: gate'])],
    ['unknown', message('GPOST /echo HTTP/1.1', ['Host: gate'])],
    ['almost one', message('GETS /echo HTTP/1.1', ['Host: gate'])],
    ['cut short', message('GE /echo HTTP/1.1', ['Host: gate'])],
    ['not a token', message('G(T /echo HTTP/1.1', ['Host: gate'])],
    ['with NUL', message('GET\0 /echo HTTP/1.1', ['Host: gate'])],
    ['very long', message(`${'A'.repeat(9_000)} /echo HTTP/1.1`, ['Host: gate'])],
    ['PRI of HTTP/1.1', message('PRI /echo HTTP/1.1', ['Host: gate'])],
  ]),
]

// llhttp has no setting against these, and Node does not show us the bytes. One request is one request all the same.
const forgiven = [
  ...passes('RFC 9112 §3: words of a request line may be parted by more than a space', [
    ['two spaces before the target', message('GET  /echo HTTP/1.1', ['Host: gate']), 'GET /echo'],
    ['two spaces before the version', message('GET /echo  HTTP/1.1', ['Host: gate']), 'GET /echo'],
  ]),
  ...passes('RFC 9112 §2.2: empty lines before a request', [
    ['one', `\r\n${get('/echo')}`, 'GET /echo'],
    ['many', `${'\r\n'.repeat(9)}${get('/echo')}`, 'GET /echo'],
    ['a bare LF', `\n${get('/echo')}`, 'GET /echo'],
    ['a bare CR', `\r${get('/echo')}`, 'GET /echo'],
  ]),
  ...passes('RFC 9112 §2.3: the name of the protocol', [
    ['RTSP/1.0 is taken for HTTP/1.0', message('GET /echo RTSP/1.0', ['Host: gate', 'Connection: keep-alive']), 'GET /echo'],
  ]),
]

const hosts = [
  ...refused('RFC 9112 §3.2, settled E11: one valid Host', [
    ['none', message('GET /echo HTTP/1.1', [])],
    ['two, equal', message('GET /echo HTTP/1.1', ['Host: gate', 'Host: gate'])],
    ['two, different', message('GET /echo HTTP/1.1', ['Host: gate', 'Host: evil'])],
    ['two, in two cases', message('GET /echo HTTP/1.1', ['Host: gate', 'hOST: evil'])],
    ['two, one of them empty', message('GET /echo HTTP/1.1', ['Host:', 'Host: gate'])],
    ['two in HTTP/1.0', message('GET /echo HTTP/1.0', ['Host: gate', 'Host: evil'])],
    ['two, with a body behind', message('POST /echo HTTP/1.1', ['Host: gate', 'Host: evil', 'Content-Length: 5'], 'hello')],
    ['a list', message('GET /echo HTTP/1.1', ['Host: gate, evil'])],
    ['a list without a space', message('GET /echo HTTP/1.1', ['Host: gate,evil'])],
    ['with a path', message('GET /echo HTTP/1.1', ['Host: gate/evil'])],
    ['with a scheme', message('GET /echo HTTP/1.1', ['Host: http://gate'])],
    ['with a user', message('GET /echo HTTP/1.1', ['Host: gate@evil'])],
    ['with a query', message('GET /echo HTTP/1.1', ['Host: gate?x'])],
    ['with a fragment', message('GET /echo HTTP/1.1', ['Host: gate#x'])],
    ['with a backslash', message('GET /echo HTTP/1.1', ['Host: gate\\evil'])],
    ['with a space', message('GET /echo HTTP/1.1', ['Host: gate evil'])],
    ['with a tab', message('GET /echo HTTP/1.1', ['Host: gate\tevil'])],
    ['with a quote', message('GET /echo HTTP/1.1', ['Host: "gate"'])],
    ['with angle brackets', message('GET /echo HTTP/1.1', ['Host: <gate>'])],
    ['8-bit', message('GET /echo HTTP/1.1', ['Host: g\xe4te'])],
    ['UTF-8', message('GET /echo HTTP/1.1', ['Host: \xe8\xbd\xa6'])],
    ['a port that is none', message('GET /echo HTTP/1.1', ['Host: gate:http'])],
    ['two ports', message('GET /echo HTTP/1.1', ['Host: gate:80:81'])],
    ['an IPv6 address that does not end', message('GET /echo HTTP/1.1', ['Host: [::1'])],
    ['a space before the colon', message('GET /echo HTTP/1.1', ['Host : gate'])],
    ['a space before the name', message('GET /echo HTTP/1.1', [' Host: gate'])],
  ]),
]

const upgrades = [
  ...refused('RFC 9110 §10.1.1: an expectation that we do not know', [
    ['unknown', post(['Expect: 200-ok', 'Content-Length: 5'], 'hello')],
    ['100-continue and another (Kettle, HTTP/1.1 Must Die 2025)', post(['Expect: y 100-continue', 'Content-Length: 5'], 'hello')],
    ['100-continuex', post(['Expect: 100-continuex', 'Content-Length: 5'], 'hello')],
  ]),
  ...refused('RFC 9110 §9.3.6, §9.3.8', [
    ['CONNECT with a body', message('CONNECT gate:80 HTTP/1.1', ['Host: gate', 'Content-Length: 5'], 'hello')],
  ]),
  ...passes('Bishop Fox, h2c Smuggling 2020: an upgrade that nobody does', [
    [
      'h2c',
      get('/echo', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA'),
      'GET /echo',
      /./,
      /^(?:upgrade|http2-settings|connection: upgrade)/m,
    ],
    ['h2c without its settings', get('/echo', 'Connection: Upgrade', 'Upgrade: h2c'), 'GET /echo', /./, /^upgrade:/m],
    ['h2c that Connection does not name', get('/echo', 'Upgrade: h2c'), 'GET /echo', /./, /^upgrade:/m],
    [
      'websocket (Olejko, 2020)',
      get('/echo', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 777', 'Sec-WebSocket-Key: AAAA'),
      'GET /echo',
      /./,
      /^upgrade:/m,
    ],
    [
      'an upgrade with a body',
      post(['Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 5'], 'hello'),
      'POST /echo hello',
      /./,
      /^upgrade:/m,
    ],
    ['an expectation that we know', post(['Expect: 100-continue', 'Content-Length: 5'], 'hello'), 'POST /echo hello', /./, /^expect:/m],
    ['an expectation that we know, in capitals', post(['Expect: 100-CONTINUE', 'Content-Length: 5'], 'hello'), 'POST /echo hello'],
    ['an expectation without a body', get('/echo', 'Expect: 100-continue'), 'GET /echo', /./, /^expect:/m],
  ]),
]

const connections = [
  ...passes('RFC 9110 §7.6.1; Davison, Hop-by-hop 2019: fields that Connection names end here, ours do not', [
    ['Connection names Host', get('/echo', 'Connection: keep-alive, host'), 'GET /echo', /^host: 127\.0\.0\.1/m],
    ['Connection names X-App-Id and X-Forwarded-For', get('/echo', 'Connection: keep-alive, x-forwarded-for, x-request-id'), 'GET /echo', /^x-forwarded-for: 127\.0\.0\.1$/m], // biome-ignore format: a row
    ['Connection names Content-Length', post(['Connection: keep-alive, content-length', 'Content-Length: 5'], 'hello'), 'POST /echo hello'],
    ['Connection names Transfer-Encoding', post(['Connection: keep-alive, transfer-encoding', te], hello), 'POST /echo hello'],
    ['Connection names a field of the caller', get('/echo', 'Connection: keep-alive, x-hop', 'X-Hop: forged'), 'GET /echo', /./, /forged/],
    ['Connection names it in capitals, on a second line', get('/echo', 'Connection: keep-alive', 'Connection: X-HOP', 'x-hop: forged'), 'GET /echo', /./, /forged/], // biome-ignore format: a row
    ['Connection names nothing else, and is short', get('/echo', 'Connection: x-hop', 'X-Hop: forged'), 'GET /echo', /./, /forged/],
    ['Keep-Alive and Proxy-Connection', get('/echo', 'Keep-Alive: timeout=99', 'Proxy-Connection: keep-alive'), 'GET /echo', /./, /^(?:keep-alive|proxy-connection)/m], // biome-ignore format: a row
    ['TE and Trailer', get('/echo', 'Connection: TE', 'TE: trailers', 'Trailer: X'), 'GET /echo', /./, /^(?:te|trailer):/m],
    ['Proxy-Authorization', get('/echo', 'Proxy-Authorization: Basic eDp4'), 'GET /echo', /./, /^proxy-authorization/m],
  ]),
]

const fields = (count: number) => Array.from({ length: count }, (_, at) => `X${at}: x`)

const bounds = [
  ...refused('settled E1, D27: 64 KB of head', [
    ['64 KB and more in one field', get('/echo', `X: ${'x'.repeat(64 * 1024)}`)],
    ['64 KB and more in many fields', get('/echo', ...Array.from({ length: 70 }, (_, at) => `X${at}: ${'x'.repeat(1_000)}`))],
    ['64 KB and more in a name', get('/echo', `${'x'.repeat(65 * 1024)}: x`)],
    ['64 KB and more in tiny fields', get('/echo', ...Array.from({ length: 17_000 }, () => 'x:y'))],
  ]),
  ...passes('settled E1: below the bound', [
    ['a field of 60 KB', get('/echo', `X: ${'x'.repeat(60 * 1024)}`), 'GET /echo'],
    ['999 fields and a Host', get('/echo', ...fields(999)), 'GET /echo', /^x998: x$/m],
    ['a target of 60 KB', get(`/echo?a=${'x'.repeat(60 * 1024)}`), `GET /echo?a=${'x'.repeat(60 * 1024)}`],
  ]),
  ...refused('settled D27: a thousand fields, or the last would not be counted', [
    ['one field more', get('/echo', ...fields(1_000))],
    ['a length behind them', post([...fields(1_000), 'Content-Length: 5'], 'hello')],
    ['a coding behind them', post([...fields(1_000), te], hello)],
    ['a second Host behind them', get('/echo', ...fields(1_000), 'Host: evil')],
    ['an expectation behind them', post([...fields(1_000), 'Expect: nothing', 'Content-Length: 5'], 'hello')],
  ]),
]

const endings = [
  ...brokenOff('RFC 9112 §8: messages that are not whole', [
    ['in the method', 'GE'],
    ['in the request line', 'GET /echo HTT'],
    ['behind the request line', 'GET /echo HTTP/1.1\r\n'],
    ['in a field', 'GET /echo HTTP/1.1\r\nHost: gate\r\nX: x'],
    ['before the empty line', 'GET /echo HTTP/1.1\r\nHost: gate\r\n'],
    ['before the last LF', 'GET /echo HTTP/1.1\r\nHost: gate\r\n\r'],
    ['before a body', post(['Content-Length: 5'])],
    ['in a body', post(['Content-Length: 5'], 'hell')],
    ['before the first chunk', chunked('')],
    ['in a chunk size', chunked('5')],
    ['in a chunk', chunked('5\r\nhel')],
    ['behind a chunk', chunked('5\r\nhello')],
    ['before the last chunk', chunked('5\r\nhello\r\n')],
    ['in the last chunk', chunked('5\r\nhello\r\n0\r\n')],
    ['before the last LF of the last chunk', chunked('5\r\nhello\r\n0\r\n\r')],
    ['in the trailers', chunked('5\r\nhello\r\n0\r\nX: x\r\n')],
    ['a huge length, and little behind it', post(['Content-Length: 9007199254740991'], 'hello')],
  ]),
]

const sequences: Row[] = [
  ...[
    ['nonsense', 'nonsense\r\n\r\n'],
    ['a bare LF head', 'GET /smuggled HTTP/1.1\nHost: gate\n\n'],
    ['both framings', post(['Content-Length: 5', te], '0\r\n\r\n')],
    ['two Hosts', get('/smuggled', 'Host: evil')],
    ['absolute form', message('GET http://evil/smuggled HTTP/1.1', ['Host: gate'])],
    ['NUL bytes', '\0\0\0\0'],
  ].flatMap(([name, bytes]): Row[] => [
    {
      name: `a good request, its answer, then ${name}`,
      source: 'RFC 9112 §9.3.2: pipelining',
      parts: [get('/echo?first'), bytes + smuggled],
      answers: [200],
      refused: true,
      arrives: ['GET /echo?first'],
    },
    {
      name: `a good request, and at once ${name}`,
      source: 'RFC 9112 §9.3.2: pipelining',
      parts: [get('/echo?first') + bytes + smuggled],
      answers: [200],
      refused: true,
      arrives: ['GET /echo?first'],
      mayOvertake: true,
    },
  ]),
  {
    name: 'two good requests at once',
    source: 'RFC 9112 §9.3.2: pipelining',
    parts: [get('/echo?1') + get('/echo?2')],
    answers: [200, 200],
    refused: false,
    arrives: ['GET /echo?1', 'GET /echo?2'],
  },
  {
    name: 'a body that looks like a request',
    source: 'Kettle, CL.0, Browser-Powered Desync 2022',
    parts: [post([`Content-Length: ${smuggled.length}`], smuggled)],
    answers: [200],
    refused: false,
    arrives: [`POST /echo ${smuggled}`],
  },
  {
    name: 'a body that looks like a request, to nowhere: its refusal leaves nothing behind',
    source: 'Kettle, CL.0, Browser-Powered Desync 2022',
    parts: [message('POST /nowhere HTTP/1.1', ['Host: gate', `Content-Length: ${smuggled.length}`], smuggled)],
    answers: [404],
    refused: true,
    arrives: [],
  },
  {
    name: 'a HEAD with a body, to nowhere',
    source: 'Kettle, CL.0, Browser-Powered Desync 2022',
    parts: [message('HEAD /nowhere HTTP/1.1', ['Host: gate', `Content-Length: ${smuggled.length}`], smuggled)],
    answers: [404],
    refused: true,
    arrives: [],
  },
  {
    name: 'a chunk that looks like a request, to nowhere',
    source: 'Arnolfo et al., TE.0 2024',
    parts: [message('POST /nowhere HTTP/1.1', ['Host: gate', te], `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`)],
    answers: [404],
    refused: true,
    arrives: [],
  },
  {
    name: 'TE.0: OPTIONS with a chunk that looks like a request',
    source: 'Arnolfo et al., TE.0 2024',
    parts: [message('OPTIONS /echo HTTP/1.1', ['Host: gate', te], `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`)],
    answers: [404],
    refused: true,
    arrives: [],
  },
  {
    name: 'a request behind `Connection: close`',
    source: 'RFC 9112 §9.6',
    parts: [get('/echo?last', 'Connection: close') + smuggled],
    answers: [200],
    refused: true,
    arrives: ['GET /echo?last'],
    mayOvertake: true,
  },
  {
    name: 'a request behind a refusal',
    source: 'RFC 9112 §9.6',
    parts: [get('/echo', 'Host: evil') + smuggled + smuggled],
    answers: [],
    refused: true,
    arrives: [],
  },
  {
    name: 'HTTP/1.0 without keep-alive, then a request',
    source: 'RFC 9112 §9.3',
    parts: [message('GET /echo?old HTTP/1.0', ['Host: gate']) + smuggled],
    answers: [200],
    refused: true,
    arrives: ['GET /echo?old'],
    mayOvertake: true,
  },
]

const bodies = [
  ...passes('RFC 9110 §9.3: a body where none is usual arrives as a body, or not at all', [
    ['a length on a GET', `${get('/echo', 'Content-Length: 5')}hello`, 'GET /echo hello'],
    ['a request as the body of a GET', get('/echo', `Content-Length: ${smuggled.length}`) + smuggled, `GET /echo ${smuggled}`],
    ['chunks on a GET', get('/echo', te) + hello, 'GET /echo hello'],
    ['an empty chunked body on a GET', `${get('/echo', te)}0\r\n\r\n`, 'GET /echo'],
    ['a length on a DELETE', message('DELETE /echo HTTP/1.1', ['Host: gate', 'Content-Length: 5'], 'hello'), 'DELETE /echo hello'],
    ['a length of nought on a GET', get('/echo', 'Content-Length: 0'), 'GET /echo'],
    ['a length on a HEAD', message('HEAD /echo HTTP/1.1', ['Host: gate', 'Content-Length: 5'], 'hello'), 'HEAD /echo hello'],
    ['a POST without any', post([]), 'POST /echo'],
    ['a length of nought', post(['Content-Length: 0']), 'POST /echo'],
    ['many noughts', post(['Content-Length: 000000000000']), 'POST /echo'],
    ['noughts before the length', post(['Content-Length: 0005'], 'hello'), 'POST /echo hello'],
    ['white space around the length', post(['Content-Length: \t 5 \t '], 'hello'), 'POST /echo hello'],
    ['an empty chunked body', chunked('0\r\n\r\n'), 'POST /echo'],
    ['noughts for the last chunk', chunked('5\r\nhello\r\n0000\r\n\r\n'), 'POST /echo hello'],
    ['noughts before a chunk size', chunked('0005\r\nhello\r\n0\r\n\r\n'), 'POST /echo hello'],
    ['a chunk size in capitals', chunked(`A\r\nhellohello\r\n0\r\n\r\n`), 'POST /echo hellohello'],
    ['chunks of one byte', chunked('1\r\nh\r\n1\r\ne\r\n1\r\ny\r\n0\r\n\r\n'), 'POST /echo hey'],
    ['a chunk extension', chunked('5;a=b\r\nhello\r\n0\r\n\r\n'), 'POST /echo hello'],
    ['a chunk extension in quotes', chunked('5;a="b;c"\r\nhello\r\n0\r\n\r\n'), 'POST /echo hello'],
    ['a trailer, which is not passed on', chunked('5\r\nhello\r\n0\r\nX-App-Id: forged\r\n\r\n'), 'POST /echo hello', /./, /forged/],
    ['chunked in capitals', post(['TRANSFER-ENCODING: CHUNKED'], hello), 'POST /echo hello'],
    ['chunked amid white space', post(['Transfer-Encoding: \t chunked  '], hello), 'POST /echo hello'],
    ['CR LF in chunks and bodies is theirs', chunked('4\r\n\r\n\r\n\r\n0\r\n\r\n'), 'POST /echo \r\n\r\n'],
  ]),
  ...passes('RFC 9112 §2.2, §3, §5: unusual, but good', [
    ['no white space behind colons', 'GET /echo HTTP/1.1\r\nHost:gate\r\nX:x\r\n\r\n', 'GET /echo', /^x: x$/m],
    ['tabs and spaces around values', get('/echo', 'X:\t  x \t'), 'GET /echo', /^x: x$/m],
    ['a tab inside a value', get('/echo', 'X: a\tb'), 'GET /echo', /^x: a\tb$/m],
    ['an empty value', get('/echo', 'X:'), 'GET /echo', /^x: $/m],
    ['8-bit values stay as they are', get('/echo', 'X: \xe8\xbd\xa6\xff'), 'GET /echo', /^x: \xe8\xbd\xa6\xff$/m],
    ['every character of a token', get('/echo', "!#$%&'*+-.^`|~aZ09: x"), 'GET /echo', /^!#\$%&'\*\+-\.\^`\|~az09: x$/m],
    ['one name on two lines', get('/echo', 'X: a', 'x: b'), 'GET /echo', /^x: a\n(?:.*\n)*?x: b$/m],
    ['an empty Host', message('GET /echo HTTP/1.1', ['Host:']), 'GET /echo'],
    [
      'a Host with a port',
      message('GET /echo HTTP/1.1', ['Host: open.example.com:8000']),
      'GET /echo',
      /^x-forwarded-host: open\.example\.com:8000$/m,
    ],
    ['an IPv6 Host', message('GET /echo HTTP/1.1', ['Host: [::1]:8000']), 'GET /echo', /^x-forwarded-host: \[::1\]:8000$/m],
    ['a Host with an underscore', message('GET /echo HTTP/1.1', ['Host: park_gate']), 'GET /echo'],
    ['HTTP/1.0', message('GET /echo HTTP/1.0', ['Host: gate', 'Connection: keep-alive']), 'GET /echo'],
    ['HTTP/1.0 without Host', message('GET /echo HTTP/1.0', ['Connection: keep-alive']), 'GET /echo'],
    [
      'HTTP/1.0 with a body',
      message('POST /echo HTTP/1.0', ['Host: gate', 'Connection: keep-alive', 'Content-Length: 5'], 'hello'),
      'POST /echo hello',
    ],
    ['every character of a query', get(`/echo?!$&'()*+,;=:@/?-._~%00%0d%0a`), `GET /echo?!$&'()*+,;=:@/?-._~%00%0d%0a`],
    ['characters that browsers leave as they are', get('/echo?a[0]={"b":"c|d^`"}'), 'GET /echo?a[0]={"b":"c|d^`"}'],
    ['an empty query', get('/echo?'), 'GET /echo'],
  ]),
]

const paths = [
  ...declined(400, 'settled F14: paths that two readers could read differently', [
    ['dot segments', get('/park/../smuggled')],
    ['one dot', get('/./echo')],
    ['encoded dots', get('/park/%2e%2e/gate')],
    ['half-encoded dots', get('/park/.%2E/gate')],
    ['an encoded slash', get('/park/a%2fgate')],
    ['an encoded slash in capitals', get('/park/a%2F..%2Fsmuggled/gate')],
    ['an encoded backslash', get('/park/a%5cb/gate')],
    ['a backslash', get('/park/a\\b/gate')],
    ['two slashes', get('/park//gate')],
    ['two slashes in front', get('//echo')],
    ['encoded NUL', get('/park/a%00/gate')],
    ['encoded CR LF: splitting the request to the service', get('/park/a%0d%0aX-App-Id:%20forged/gate')],
    ['encoded CR LF CR LF and a request', get('/park/a%20HTTP%2f1.1%0d%0a%0d%0aGET%20/gate')],
    ['encoded LF', get('/park/a%0ab/gate')],
    ['encoded DEL', get('/park/%7f/gate')],
    ['overlong UTF-8', get('/park/%c0%ae%c0%ae/gate')],
    ['an overlong slash', get('/park/a%c0%afb/gate')],
    ['an encoded surrogate', get('/park/%ed%a0%80/gate')],
    ['half an encoding', get('/park/%/gate')],
    ['an encoding that is none', get('/park/%zz/gate')],
    ['an encoding as IIS reads it', get('/park/%u002e%u002e/gate')],
  ]),
  ...declined(404, 'settled F14, D22, D23: not the path that was published', [
    ['a parameter in the path', get('/echo;/../smuggled'.replace('/../', '%3b'))],
    ['a slash at the end', get('/echo/')],
    ['in capitals', get('/ECHO')],
    ['a percent sign encoded once more', get('/%2565cho')],
    ['TRACE', message('TRACE /echo HTTP/1.1', ['Host: gate'])],
    ['OPTIONS', message('OPTIONS /echo HTTP/1.1', ['Host: gate'])],
    ['PATCH', message('PATCH /echo HTTP/1.1', ['Host: gate', 'Content-Length: 0'])],
    ['PURGE', message('PURGE /echo HTTP/1.1', ['Host: gate'])],
    ['a method that the service would take from a field', message('PATCH /echo HTTP/1.1', ['Host: gate', 'X-HTTP-Method-Override: GET', 'Content-Length: 0'])], // biome-ignore format: a row
  ]),
  ...passes('settled F14: decoded once, encoded again', [
    ['a letter encoded', get('/%65cho'), 'GET /echo'],
    ['a space in a variable', get('/park/a%20b/gate'), 'GET /park/a%20b/gate'],
    ['an encoded percent sign stays one', get('/park/%252e%252e%252f/gate'), 'GET /park/%252e%252e%252f/gate'],
    ['an encoded question mark stays in the path', get('/park/a%3fb=c/gate'), 'GET /park/a%3Fb%3Dc/gate'],
    ['an encoded hash stays in the path', get('/park/a%23b/gate'), 'GET /park/a%23b/gate'],
    ['a semicolon is theirs', get('/park/a;b=c/gate'), 'GET /park/a%3Bb%3Dc/gate'],
    ['three dots', get('/park/.../gate'), 'GET /park/.../gate'],
    ['Chinese', get('/park/%e8%bd%a6/gate'), 'GET /park/%E8%BD%A6/gate'],
  ]),
  ...passes('Klein, Response Splitting 2004', [
    ['encoded CR LF in a query stays encoded', get('/echo?a=%0d%0aSet-Cookie:%20x'), 'GET /echo?a=%0d%0aSet-Cookie:%20x'],
    ['a request in a query stays encoded', get('/echo?a=%20HTTP/1.1%0d%0aHost:%20x%0d%0a%0d%0aGET%20/smuggled'), 'GET /echo?a=%20HTTP/1.1%0d%0aHost:%20x%0d%0a%0d%0aGET%20/smuggled'], // biome-ignore format: a row
  ]),
  ...declined(404, 'Klein, Response Splitting 2004: what the refusal repeats', [
    ['a quote and angle brackets in the path', get('/%22%3e%3cscript%3e')],
    ['letters in UTF-8 whose low bytes are CR LF', get('/%e5%98%8a%e5%98%8dSet-Cookie:x')],
  ]),
]

export const rows: readonly Row[] = [
  ...both,
  ...codings,
  ...lengths,
  ...chunks,
  ...lines,
  ...requestLines,
  ...forgiven,
  ...hosts,
  ...upgrades,
  ...connections,
  ...bounds,
  ...endings,
  ...sequences,
  ...bodies,
  ...paths,
]
