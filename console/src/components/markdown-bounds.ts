// Whether a document can be drawn at all: the parser's time grows by the square of how deep a document is nested and how many brackets
// stand in one paragraph, and who wrote it must not keep everybody who reads it waiting for minutes. What nobody would write by hand is
// shown as it was written.

const nestedMax = 24
const bracketsMax = 500

export function isDrawable(text: string): boolean {
  // In a fence nothing is nested.
  const blocks = text.replace(/^ {0,3}(```|~~~).*\n[\s\S]*?^ {0,3}\1/gm, '\n\n').split(/\n[ \t]*\n/)
  return blocks.every((block) => bracketsIn(block) <= bracketsMax && block.split('\n').every((line) => nestingOf(line) <= nestedMax))
}

// The cells of a table are paragraphs of their own.
const bracketsIn = (block: string) => (/^ {0,3}\|/.test(block) ? 0 : (block.match(/[[\]<~]/g)?.length ?? 0))

/** Quotations and lists that begin with this line or that it is indented into. */
function nestingOf(line: string): number {
  const [before = ''] = /^(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*/.exec(line) ?? []
  return (before.match(/>|[-*+]|\d+[.)]/g)?.length ?? 0) + (before.match(/\t| {4}/g)?.length ?? 0)
}
