// A heading that can be linked to: its sign is shown to whoever points at it, and its address is copied with the page's.

import { LinkOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { percentDecoded } from '#schemes/percent-decoded.ts'
import { useText } from '../text/text.ts'
import './anchor.css'

/** As headings of documents are named: `## 返回 值!` is `返回-值`. */
export function slugOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s+/g, '-')
}

export function Anchor({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  const t = useText('docs')
  return (
    <span id={id} className="anchor">
      {children}
      <Link to="." hash={id} search={true as never} replace className="anchor-link" aria-label={t('linkTo', { name: id })}>
        <LinkOutlined aria-hidden />
      </Link>
    </span>
  )
}

/** What the address names comes into view, once it is there: pages are filled after they are opened. */
export function useHash(isThere: boolean): void {
  useEffect(() => {
    // Who sends somebody a link may have written anything there.
    const id = percentDecoded(location.hash.slice(1))
    if (isThere && id !== '') document.getElementById(id)?.scrollIntoView()
  }, [isThere])
}
