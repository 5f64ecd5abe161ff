// Text for machines, with a button that copies it.

import { Flex, Typography } from 'antd'
import { CopyButton } from './copy.tsx'
import './code.css'

export function Code({ text, title }: { readonly text: string; readonly title?: string }) {
  return (
    <div className="code">
      <Flex justify="space-between" align="center">
        <Typography.Text type="secondary">{title}</Typography.Text>
        <CopyButton text={text} type="text" size="small" />
      </Flex>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </div>
  )
}
