// The part of `Markdown` that is large.

import { Typography } from 'antd'
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { Code } from './code.tsx'
import './markdown.css'

const components: Components = {
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

export default function Rendered({ text }: { readonly text: string }) {
  return (
    <div className="markdown">
      <ReactMarkdown remarkPlugins={[remarkGfm]} components={components}>
        {text}
      </ReactMarkdown>
    </div>
  )
}
