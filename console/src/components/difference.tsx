// Two texts that should be one, and the first place where they are not: marked in both, named in words, scrolled to.

import { Alert, Flex, Typography } from 'antd'
import { useEffect, useRef } from 'react'
import { firstDifference } from '#schemes/first-difference.ts'
import { useText } from '../text/text.ts'

interface Side {
  readonly title: string
  readonly text: string
}

export function Difference({ right, other }: { readonly right: Side; readonly other: Side }) {
  const t = useText('explain')
  const found = firstDifference(right.text, other.text)
  if (found === undefined) return <Alert type="success" showIcon title={t('sameStrings')} />
  const at = found > 0 && isLowSurrogate(right.text, found) ? found - 1 : found
  const before = right.text.slice(0, at).split('\n')
  return (
    <Flex vertical gap={12}>
      <Alert
        type="warning"
        showIcon
        title={t('differsAt', { line: before.length, at: before.at(-1)!.length + 1 })}
        description={t('differsBy', { expected: nameOf(right.text, at, t('endOfText')), found: nameOf(other.text, at, t('endOfText')) })}
      />
      <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 360px), 1fr))', gap: 12 }}>
        <Marked {...right} at={at} />
        <Marked {...other} at={at} />
      </div>
    </Flex>
  )
}

function Marked({ title, text, at }: Side & { readonly at: number }) {
  const place = useRef<HTMLPreElement>(null)
  useEffect(() => {
    const mark = place.current?.querySelector('mark')
    if (place.current && mark) place.current.scrollTop = mark.offsetTop - place.current.offsetTop - 60
  })
  const character = characterAt(text, at)
  return (
    <div>
      <Typography.Text strong>{title}</Typography.Text>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <pre ref={place} tabIndex={0} className="difference">
        {visible(text.slice(0, at))}
        <mark>{character === '' ? '∎' : visible(character)}</mark>
        {visible(text.slice(at + character.length))}
      </pre>
    </div>
  )
}

function characterAt(text: string, at: number): string {
  const code = text.codePointAt(at)
  return code === undefined ? '' : String.fromCodePoint(code)
}

function isLowSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff
}

/** What one cannot see, and differs so often: ends of lines, and white space that is no plain space. */
function visible(text: string): string {
  return text.replaceAll('\r', '␍').replaceAll('\n', '↵\n').replaceAll('\t', '⇥').replaceAll('\u00a0', '⍽')
}

function nameOf(text: string, at: number, end: string): string {
  const character = characterAt(text, at)
  if (character === '') return end
  const code = `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
  return character.trim() === '' ? code : `${character} (${code})`
}
