// The boxes by which rows are chosen for what is done to several at once, in a table and on cards.

import type { Key } from 'react'
import { useText } from '../text/text.ts'
import './choice.css'

export interface Choice {
  readonly chosen: ReadonlySet<Key>
  choose(keys: ReadonlySet<Key>): void
}

export function BoxOfAll({ keys, chosen, choose }: Choice & { readonly keys: readonly Key[] }) {
  const t = useText('common')
  const areChosen = keys.length > 0 && keys.every((key) => chosen.has(key))
  return <Box label={t('all')} isChosen={areChosen} onChange={(isChosen) => choose(new Set(isChosen ? keys : []))} />
}

interface BoxOfRowProps extends Choice {
  /** The key of the row. */
  readonly of: Key
  /** What it is called; absent: its key. */
  readonly name: string | undefined
}

export function BoxOfRow({ of: key, name = String(key), chosen, choose }: BoxOfRowProps) {
  const change = (isChosen: boolean) => choose(new Set(isChosen ? [...chosen, key] : [...chosen].filter((other) => other !== key)))
  return <Box label={name} isChosen={chosen.has(key)} onChange={change} />
}

interface BoxProps {
  readonly label: string
  readonly isChosen: boolean
  onChange(isChosen: boolean): void
}

function Box({ label, isChosen, onChange }: BoxProps) {
  return (
    <input
      className="choice-box"
      type="checkbox"
      aria-label={label}
      checked={isChosen}
      onChange={({ target }) => onChange(target.checked)}
    />
  )
}
