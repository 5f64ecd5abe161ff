// Files of interfaces for tests: sent as a browser would, and made up by the thousand.

import type { Answer } from './house.ts'

/** A platform, and the session of an operator. */
export interface Place {
  readonly platformUrl: string
  readonly admin: string
}

/** POST /openapi/interface/import, the file as a part of whatever name. */
export async function importFile(
  { platformUrl, admin }: Place,
  file: Uint8Array | string,
  { query = '', token = admin, language = 'en', part = 'multipart_file' } = {},
): Promise<Answer> {
  const form = new FormData()
  form.set('note', 'not a file')
  form.set(part, new Blob([file as Uint8Array<ArrayBuffer>]), 'interfaces')
  const headers = { authorization: `Bearer ${token}`, 'accept-language': language }
  return answerOf(await fetch(`${platformUrl}/openapi/interface/import${query}`, { method: 'POST', headers, body: form }))
}

export async function exportFile(
  { platformUrl, admin }: Place,
  query = '',
  headers: Record<string, string> = {},
): Promise<Answer & { bytes: Uint8Array }> {
  const response = await fetch(`${platformUrl}/openapi/interface/export${query}`, {
    headers: { authorization: `Bearer ${admin}`, ...headers },
  })
  const bytes = new Uint8Array(await response.clone().arrayBuffer())
  return { ...(await answerOf(response)), bytes }
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  let json: Answer['json']
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined
  }
  return { status: response.status, headers: response.headers, text, json, fault: json?.error }
}

/** Texts that files of one form or another lose: what looks like a formula, spaces, ends of lines, what XML has no place for. */
export const hardTexts = [
  '=1+1',
  '+49 1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  ' around ',
  'a\r\nb\rc\nd',
  '_x0041_ _x005F_',
  '<b>&amp;"\'</b>]]>',
  '\u0001\u001f\u007f\u0085\u2028\ufdd0\ufffd\uffff',
  '😀𠮷 车位',
  '\u{1fffe}',
  'constructor',
  '__proto__',
  '00123',
  '1e5',
  'TRUE',
  '2021-01-01',
]

/** A record as an import takes it; `number` makes it its own. */
export function madeUp(number: number, more: object = {}): Record<string, unknown> {
  const hard = hardTexts[number % hardTexts.length]!
  const isDownlink = number % 11 === 0
  return {
    name: `interface ${number}`,
    path: number % 3 === 0 ? `/made/{version}/${number}/{id}` : `/made/${number}`,
    method: isDownlink ? 'POST' : ['GET', 'POST', 'PUT', 'DELETE'][number % 4],
    type: isDownlink ? 1 : 0,
    serviceType: 1 + (number % 5),
    version: `v${1 + (number % 3)}`,
    code: number % 2 === 0 ? `code-${number}` : null,
    status: isDownlink ? 1 : 0,
    doc: number % 7 === 0 ? null : `${hard}\n\n# ${number}`,
    remark: hard,
    enable: number % 2,
    visibility: number % 5 === 0 ? 'internal' : 'public',
    approval: number % 6 === 0 ? 'auto' : 'manual',
    deprecationTime: number % 8 === 0 ? '2026-01-02 03:04:05' : null,
    sunsetTime: number % 16 === 0 ? '2027-01-02 03:04:05' : null,
    limitCount: number % 4 === 0 ? null : number,
    limitAction: number % 9 === 0 ? 'disable' : 'refuse',
    concurrency: number % 10 === 0 ? 20 : null,
    security: ['none', 'token', 'token+sign', 'sign'][number % 4],
    schemes: number % 3 === 1 ? ['hmac-sha256', 'rfc9421'] : null,
    projectParam: number % 12 === 0 ? 'parkId' : null,
    paramSchema:
      number % 2 === 0
        ? { type: 'object', properties: { [`p${number}`]: { type: 'string', description: hard.replaceAll(/[^\x20-\x7e]/g, '') } } }
        : null,
    ...more,
  }
}
