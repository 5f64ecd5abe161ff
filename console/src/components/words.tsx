// A sentence of the server's, in which backticks mark what a machine reads.

import { Fragment } from 'react'

export function Words({ text }: { readonly text: string }) {
  // Every second piece stood between two of them.
  // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text keep their places
  return text.split('`').map((piece, at) => (at % 2 === 1 ? <code key={at}>{piece}</code> : <Fragment key={at}>{piece}</Fragment>))
}
