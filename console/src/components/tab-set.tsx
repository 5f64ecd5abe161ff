// Several views of one thing, of which one is shown. The tabs wrap where there is no room, and the arrow keys go from one to the next.

import { Button, Flex } from 'antd'
import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react'

interface Tab {
  readonly key: string
  readonly label: string
  readonly children: ReactNode
}

interface TabSetProps {
  /** What the tabs are views of, for screen readers. */
  readonly label: string
  readonly tabs: readonly Tab[]
  readonly shown: string
  readonly size?: 'small' | 'middle'
  show(key: string): void
}

export function TabSet({ label, tabs, shown, size = 'middle', show }: TabSetProps) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const at = Math.max(0, tabs.findIndex(({ key }) => key === shown)) // biome-ignore format: one thought
  const open = tabs[at]!
  function onKeyDown(event: KeyboardEvent) {
    const steps: Readonly<Record<string, number>> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = (step + tabs.length) % tabs.length
    show(tabs[next]!.key)
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus()
  }
  return (
    <Flex vertical gap={16}>
      <Flex ref={list} wrap gap={8} role="tablist" aria-label={label} onKeyDown={onKeyDown}>
        {tabs.map(({ key, label }) => (
          <Button
            key={key}
            id={`${id}-${key}`}
            role="tab"
            autoInsertSpace={false}
            size={size}
            type={key === open.key ? 'primary' : 'default'}
            aria-selected={key === open.key}
            aria-controls={`${id}-panel`}
            tabIndex={key === open.key ? 0 : -1}
            onClick={() => show(key)}
          >
            {label}
          </Button>
        ))}
      </Flex>
      <div key={open.key} id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${open.key}`}>
        {open.children}
      </div>
    </Flex>
  )
}
