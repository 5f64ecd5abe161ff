// HTML as a template: whatever is put into it is text, and escaped, unless it is HTML of ours already.

export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What is absent or false leaves nothing behind. */
export type Part = Html | string | number | undefined | false | readonly Html[]

export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(pieces.reduce((left, piece, at) => `${left}${textOf(parts[at - 1])}${piece}`))
}

function textOf(part: Part): string {
  if (part === undefined || part === false) return ''
  if (part instanceof Html) return part.text
  return typeof part === 'object' ? part.map(({ text }) => text).join('\n') : escaped(String(part))
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => entities[sign]!)
