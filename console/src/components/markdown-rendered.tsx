// The part of `Markdown` that is large.

import { Typography } from 'antd'
import type { ReactNode } from 'react'
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { Anchor, slugOf, useHash } from './anchor.tsx'
import { Code } from './code.tsx'
import { isDrawable } from './markdown-bounds.ts'
import './markdown.css'

/** A document stands below the names of the page and of its part. */
const levels = { h1: 'h3', h2: 'h4', h3: 'h5', h4: 'h6', h5: 'h6', h6: 'h6' } as const

const components: Components = {
  ...Object.fromEntries(
    Object.entries(levels).map(([written, Tag]) => [
      written,
      ({ children }: { children?: ReactNode }) => (
        <Tag>
          <Anchor id={`doc-${slugOf(textOf(children))}`}>{children}</Anchor>
        </Tag>
      ),
    ]),
  ),
  a: ({ href, children }) => (
    <Typography.Link href={href ?? ''} target="_blank" rel="noreferrer">
      {children}
    </Typography.Link>
  ),
  pre: ({ children }) => children,
  code: ({ className, children }) => {
    const text = String(children)
    const named = /language-(\w+)/.exec(className ?? '')?.[1]
    return named || text.endsWith('\n') ? <Code text={text.replace(/\n$/, '')} title={named ?? ''} /> : <code>{children}</code>
  },
  // What is wider than a phone scrolls by itself.
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <div className="markdown-table" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
}

/** What is read of a heading, whatever stands in it. */
function textOf(node: ReactNode): string {
  if (Array.isArray(node)) return node.map(textOf).join('')
  if (typeof node === 'object' && node !== null && 'props' in node) return textOf((node.props as { children?: ReactNode }).children)
  return typeof node === 'string' || typeof node === 'number' ? String(node) : ''
}

export default function Rendered({ text }: { readonly text: string }) {
  useHash(true)
  if (!isDrawable(text)) return <Code text={text} title="Markdown" />
  return (
    <div className="markdown">
      <ReactMarkdown remarkPlugins={[remarkGfm]} components={components}>
        {text}
      </ReactMarkdown>
    </div>
  )
}
