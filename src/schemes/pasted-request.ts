// A request as people paste it: a curl command, or the text of an HTTP message. Nothing in it is tidied, for a signature is over what
// was sent. Pure, without Node.

import { type Parameter, readQuery } from './parameters.ts'
import type { SignedMessage } from './signature-base.ts'
import type { SentRequest } from './steps.ts'

export interface PastedRequest {
  readonly method: string
  readonly scheme: 'http' | 'https'
  readonly authority: string
  /** Path and query as they stand there. */
  readonly target: string
  /** Name, value, name, value, … */
  readonly fieldLines: readonly string[]
  readonly bodyText: string
}

/** undefined when it is neither. */
export function readPasted(text: string): PastedRequest | undefined {
  const trimmed = text.trim().replace(/^\$ /, '')
  return /^curl(\.exe)?\s/.test(trimmed) ? readCurl(trimmed) : readMessage(trimmed)
}

/** For the schemes that sign parameters. */
export function asParameters({ method, target, bodyText, ...rest }: PastedRequest): SentRequest {
  const mark = target.indexOf('?')
  const [path, query] = mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)]
  const isForm = /^application\/x-www-form-urlencoded/i.test(fieldOf('content-type', rest.fieldLines) ?? '')
  return { method, path, query, body: bodyText === '' ? 'none' : isForm ? 'form' : 'json', bodyText }
}

export function asMessage({ bodyText, ...rest }: PastedRequest): SignedMessage {
  return { ...rest, body: new TextEncoder().encode(bodyText) }
}

export type GuessedScheme = 'openapi' | 'hmac-sha256' | 'rsa2' | 'sm2' | 'rfc9421' | 'auth-id' | 'member'

/** By which scheme it means to be signed, as the gateway would find out (settled B3). */
export function guessScheme(request: PastedRequest): GuessedScheme {
  if (fieldOf('signature-input', request.fieldLines) !== undefined) return 'rfc9421'
  const { path, query, body, bodyText } = asParameters(request)
  if (/^\/api\/v[0-9]+\/token$/.test(path)) return 'member'
  const inQuery = readQuery(query)
  const has = (name: string) => Array.isArray(inQuery) && inQuery.some((parameter: Parameter) => parameter.name === name)
  if (has('authId') && has('requestTime')) return 'auth-id'
  const everything = body === 'json' ? bodyText : `&${query}&${bodyText}`
  const named = /(?:[&?]|")signType(?:=|"\s*:\s*")(hmac-sha256|rsa2|sm2)\b/.exec(`&${query}${everything}`)?.[1]
  return (named as GuessedScheme | undefined) ?? 'openapi'
}

function fieldOf(name: string, lines: readonly string[]): string | undefined {
  const at = lines.findIndex((line, index) => index % 2 === 0 && line.toLowerCase() === name)
  return at < 0 ? undefined : lines[at + 1]
}

interface Place {
  readonly scheme: 'http' | 'https'
  readonly authority: string
  readonly target: string
}

function readUrl(url: string): Place | undefined {
  const [, scheme, authority, rest] = /^(?:(https?):\/\/)?([^/?#\s]+)([^#\s]*)/i.exec(url) ?? []
  if (authority === undefined) return undefined
  const target = rest === '' || rest === undefined ? '/' : rest.startsWith('/') ? rest : `/${rest}`
  return { scheme: scheme?.toLowerCase() === 'https' ? 'https' : 'http', authority, target }
}

function readMessage(text: string): PastedRequest | undefined {
  const blank = /\r?\n\r?\n/.exec(text)
  const bodyText = blank ? text.slice(blank.index + blank[0].length) : ''
  const [start = '', ...lines] = text.slice(0, blank?.index).split(/\r?\n/)
  const [, method, target] = /^([A-Za-z]+) +(\S+)(?: +HTTP\/[\d.]+)?$/.exec(start.trim()) ?? []
  if (method === undefined || target === undefined) return undefined
  const fieldLines = lines.flatMap((line) => {
    const [, name, value] = /^([^:\s]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
    return name === undefined ? [] : [name, value!]
  })
  const place = target.startsWith('/') ? { scheme: 'http' as const, authority: fieldOf('host', fieldLines) ?? '', target } : readUrl(target)
  return place && { method: method.toUpperCase(), ...place, fieldLines, bodyText }
}

function readCurl(command: string): PastedRequest | undefined {
  const { url, method, isGet, fieldLines, data } = askedOfCurl(shellWords(command))
  const place = url === undefined ? undefined : readUrl(url)
  if (!place) return undefined
  const sent = data.join('&')
  const target = isGet && sent !== '' ? `${place.target}${place.target.includes('?') ? '&' : '?'}${sent}` : place.target
  const bodyText = isGet ? '' : sent
  if (bodyText !== '' && fieldOf('content-type', fieldLines) === undefined) {
    fieldLines.push('Content-Type', 'application/x-www-form-urlencoded')
  }
  const authority = fieldOf('host', fieldLines) ?? place.authority
  return { ...place, authority, method: method ?? (bodyText === '' ? 'GET' : 'POST'), target, fieldLines, bodyText }
}

/** Options of curl that take a word, besides those that are read below. */
const takesWord = new Set(
  '-A -b -c -C -e -E -F -K -m -o -P -Q -r -t -T -u -w -x -y -Y -z --cacert --cert --connect-timeout --cookie --cookie-jar --form --key --max-time --output --proxy --referer --resolve --retry --user --user-agent --write-out'.split(
    ' ',
  ),
)

interface AskedOfCurl {
  url?: string
  method?: string
  isGet?: true
  readonly fieldLines: string[]
  readonly data: string[]
}

function askedOfCurl(words: readonly string[]): AskedOfCurl {
  const asked: AskedOfCurl = { fieldLines: [], data: [] }
  for (let at = 1; at < words.length; at++) {
    const [option, joined] = splitOption(words[at]!)
    const word = () => joined ?? words[++at] ?? ''
    switch (option) {
      case '-X':
      case '--request':
        asked.method = word().toUpperCase()
        break
      case '-H':
      case '--header': {
        const [, name, value] = /^([^:]+):[ \t]*(.*?)[ \t]*$/s.exec(word()) ?? []
        if (name !== undefined) asked.fieldLines.push(name, value!)
        break
      }
      case '-d':
      case '--data':
      case '--data-raw':
      case '--data-binary':
      case '--data-ascii':
        asked.data.push(word())
        break
      case '--json':
        asked.data.push(word())
        asked.fieldLines.push('Content-Type', 'application/json')
        break
      case '--data-urlencode': {
        const [, name, content] = /^([^=]*=)?(.*)$/s.exec(word())!
        asked.data.push((name === '=' ? '' : (name ?? '')) + encodeURIComponent(content!))
        break
      }
      case '-G':
      case '--get':
        asked.isGet = true
        break
      case '--url':
        asked.url = word()
        break
      default:
        if (takesWord.has(option)) word()
        else if (!option.startsWith('-')) asked.url ??= option
    }
  }
  return asked
}

/** `-XPOST` and `--request=POST` bring their word along. */
function splitOption(word: string): [option: string, joined: string | undefined] {
  if (/^-[XHd]./.test(word)) return [word.slice(0, 2), word.slice(2)]
  const equals = word.startsWith('--') ? word.indexOf('=') : -1
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)]
}

/** The words of a command as a POSIX shell splits them, and `$'…'` as browsers write it; nothing is expanded. */
function shellWords(command: string): string[] {
  const part = /\\\r?\n|(\s+)|'([^']*)'|\$'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\$]+|\$)/g
  const words: string[] = []
  let word: string | undefined
  for (const [whole, space, single, ansi, double, escaped, plain] of command.matchAll(part)) {
    if (space !== undefined) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (!/^\\\r?\n$/.test(whole)) {
      word = (word ?? '') + (single ?? escaped ?? plain ?? (ansi === undefined ? double!.replace(/\\(["\\$`])/g, '$1').replace(/\\\r?\n/g, '') : unescaped(ansi))) // biome-ignore format: one thought
    }
  }
  return word === undefined ? words : [...words, word]
}

const ansiEscapes: { readonly [letter: string]: string } = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

function unescaped(text: string): string {
  return text.replace(/\\(u[\da-fA-F]{4}|x[\da-fA-F]{2}|.)/g, (_, code: string) =>
    code.length > 1 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (ansiEscapes[code] ?? code),
  )
}
