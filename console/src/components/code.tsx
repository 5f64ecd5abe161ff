// Text for machines, with a button that copies it.

import { Flex, Typography } from 'antd'
import { CopyButton } from './copy.tsx'

export function Code({ text, title }: { readonly text: string; readonly title?: string }) {
  return (
    <div style={{ border: '1px solid var(--ant-color-border-secondary)', borderRadius: 6, overflow: 'hidden' }}>
      <Flex justify="space-between" align="center" style={{ padding: '4px 4px 4px 12px', background: 'var(--ant-color-fill-quaternary)' }}>
        <Typography.Text type="secondary">{title}</Typography.Text>
        <CopyButton text={text} type="text" size="small" />
      </Flex>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <pre tabIndex={0} style={{ margin: 0, padding: 12, overflow: 'auto', maxHeight: 480, fontSize: 13, lineHeight: 1.6 }}>
        <code style={{ fontFamily: 'var(--ant-font-family-code)' }}>{text}</code>
      </pre>
    </div>
  )
}
