// What can be done to a row, in a menu. It is made when it is first opened: a page of 200 rows would else make 200 of them each time that it
// is turned, and as many of antd's buttons.

import { Dropdown } from 'antd'
import { type ComponentProps, useRef, useState } from 'react'
import { useText } from '../text/text.ts'
import './row-actions.css'

export interface Action {
  readonly label: string
  readonly danger?: boolean
  onClick(): void
}

export function RowActions({ actions }: { readonly actions: readonly Action[] }) {
  const [isUsed, setUsed] = useState(false)
  const [isOpen, setOpen] = useState(false)
  const trigger = useRef<HTMLButtonElement>(null)
  if (actions.length === 0) return null
  const use = () => {
    setUsed(true)
    setOpen(true)
  }
  if (!isUsed) return <More onClick={use} />
  // What is asked then gives the focus back to who had it: the button, for the menu is gone.
  const act =
    (onClick: () => void) =>
    ({ domEvent }: { readonly domEvent: { preventDefault(): void } }) => {
      // Else Enter would press the button too.
      domEvent.preventDefault()
      trigger.current?.focus()
      onClick()
    }
  const items = actions.map(({ label, danger, onClick }) => ({ key: label, label, danger: danger ?? false, onClick: act(onClick) }))
  return (
    <Dropdown autoFocus open={isOpen} onOpenChange={setOpen} trigger={['click']} menu={{ items }}>
      <More ref={trigger} autoFocus />
    </Dropdown>
  )
}

function More({ className, ...button }: ComponentProps<'button'>) {
  const t = useText('common')
  return (
    <button {...button} type="button" className={`row-more ${className ?? ''}`} aria-label={t('more')} aria-haspopup="menu">
      <span aria-hidden="true" />
    </button>
  )
}
