// The parts of one thing's page, as links that look like tabs: each has an address, and what does not fit on a phone scrolls.

import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import './sections.css'
import { useUrlState } from './url-state.ts'

export interface Section {
  /** In the address, as `?tab=`; the first is the page without one. */
  readonly key: string
  readonly label: string
  readonly content: ReactNode
}

export function Sections({ label, sections }: { readonly label: string; readonly sections: readonly Section[] }) {
  const [{ tab }] = useUrlState()
  const shown = sections.find(({ key }) => key === tab) ?? sections[0]!
  const nav = useRef<HTMLElement>(null)
  // On a phone it may stand beyond the edge, where who came by its address would not find it.
  useEffect(() => {
    const link = nav.current?.querySelector<HTMLElement>(`[data-section="${shown.key}"]`)
    if (link) nav.current?.scrollTo({ left: link.offsetLeft - (nav.current.clientWidth - link.offsetWidth) / 2 })
  }, [shown.key])
  return (
    <>
      <nav ref={nav} aria-label={label} className="sections">
        {sections.map((section) => (
          // Only the section is kept of the search: pages and filters are of the table that one leaves.
          <Link
            key={section.key}
            data-section={section.key}
            to="."
            search={(section === sections[0] ? {} : { tab: section.key }) as never}
            // Else the router marks the first as well, whose search every other one's has in it.
            activeOptions={{ exact: true, includeSearch: true }}
            aria-current={section === shown ? 'page' : undefined}
          >
            {section.label}
          </Link>
        ))}
      </nav>
      {shown.content}
    </>
  )
}
