// To the clipboard, also where the page was not fetched over HTTPS and browsers hide it.

import { CheckOutlined, CopyOutlined } from '@ant-design/icons'
import { Button, type ButtonProps } from 'antd'
import { useState } from 'react'
import { useText } from '../text/text.ts'

const shownMs = 1_500

export function CopyButton({ text, ...button }: ButtonProps & { readonly text: string }) {
  const t = useText('common')
  const [isCopied, setCopied] = useState(false)
  async function copy() {
    await toClipboard(text)
    setCopied(true)
    setTimeout(() => setCopied(false), shownMs)
  }
  return (
    <Button icon={isCopied ? <CheckOutlined /> : <CopyOutlined />} onClick={copy} {...button}>
      {isCopied ? t('copied') : t('copy')}
    </Button>
  )
}

async function toClipboard(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}
