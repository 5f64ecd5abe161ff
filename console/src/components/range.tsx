// A range of time, in the address: one that ends now, or from one time to another. All are times of the platform, in its own zone.

import { ReloadOutlined } from '@ant-design/icons'
import { Button, Flex, Input, Select, Tooltip } from 'antd'
import { useCallback, useState } from 'react'
import { useMe } from '../api/me.ts'
import { useText } from '../text/text.ts'
import { useTyped } from './typed.ts'
import { useUrlState } from './url-state.ts'
import { asLocal, clockMs, fromLocal, wireTime } from './wire-time.ts'

const aDayMs = 86_400_000
const spans = { hour: aDayMs / 24, day: aDayMs, week: 7 * aDayMs, month: 31 * aDayMs, year: 366 * aDayMs }

type Span = keyof typeof spans
/** `today` begins with the platform's day; `any` bounds nothing. */
type RangeChoice = Span | 'today' | 'any' | 'own'

export interface Range {
  readonly choices: readonly RangeChoice[]
  readonly choice: RangeChoice
  /** `YYYY-MM-DD HH:mm:ss`; absent: unbounded. */
  readonly from: string | undefined
  readonly to: string | undefined
  readonly lengthMs: number
  /** When the range before it began: as long, and of today as far as today has come. */
  readonly compareFrom: string | undefined
  choose(choice: RangeChoice): void
  /** Up to this moment again. */
  renew(): void
}

/** The first choice is the usual one; `own` is always among them. */
export function useRange(...choices: readonly Exclude<RangeChoice, 'own'>[]): Range {
  const { timeZone } = useMe()
  const [values, change] = useUrlState()
  const [now, setNow] = useState(() => Date.now())
  const renew = useCallback(() => setNow(Date.now()), [])
  const all: readonly RangeChoice[] = [...choices, 'own']
  const choice = all.find((one) => one === values.range) ?? all[0]!
  const bounds = boundsOf(choice, values, now, timeZone)
  return {
    choices: all,
    choice,
    ...bounds,
    lengthMs: choice in spans ? spans[choice as Span] : choice === 'today' ? aDayMs : lengthOf(bounds),
    compareFrom: moved(bounds.from, choice === 'today' ? -aDayMs : -lengthOf(bounds)),
    choose(chosen) {
      const start = boundsOf(choice === 'any' ? 'day' : choice, values, now, timeZone)
      const own = chosen === 'own' ? start : { from: undefined, to: undefined }
      change({ range: chosen === all[0] ? undefined : chosen, ...own, current: undefined }, { replace: true })
      setNow(Date.now())
    },
    renew,
  }
}

/** A browser's clock may be slow; what happened by the platform's is to be in the range all the same. */
const slackMs = 60_000

function boundsOf(choice: RangeChoice, given: { from?: string | undefined; to?: string | undefined }, now: number, zone: string) {
  if (choice === 'own') return { from: given.from, to: given.to }
  if (choice === 'any') return { from: undefined, to: undefined }
  const from = choice === 'today' ? midnight(now, zone) : wireTime(now - spans[choice], zone)
  return { from, to: wireTime(now + slackMs, zone) }
}

/** When the day of that moment began. */
export const midnight = (at: number, zone: string) => `${wireTime(at, zone).slice(0, 10)} 00:00:00`

function lengthOf({ from, to }: { from: string | undefined; to: string | undefined }): number {
  return from && to ? clockMs(to) - clockMs(from) : Number.POSITIVE_INFINITY
}

function moved(time: string | undefined, byMs: number): string | undefined {
  if (time === undefined || !Number.isFinite(byMs)) return undefined
  return new Date(clockMs(time) + byMs).toISOString().slice(0, 19).replace('T', ' ')
}

/** The same range in the address of another page. */
export function searchOf({ choice, from, to }: Range): Record<string, string> {
  return { range: choice, ...(choice === 'own' && from && to ? { from, to } : {}) }
}

export function RangeFilter({ of }: { readonly of: Range }) {
  const t = useText('common')
  const { timeZone } = useMe()
  const options = of.choices.map((value) => ({ value, label: t(`range_${value}`) }))
  return (
    <Flex wrap gap={8} align="center">
      <Select aria-label={t('range')} style={{ minWidth: 140 }} value={of.choice} onChange={of.choose} options={options} />
      {of.choice !== 'own' && of.choice !== 'any' && (
        <Button icon={<ReloadOutlined />} aria-label={t('renew')} title={t('renew')} onClick={() => of.renew()} />
      )}
      {of.choice === 'own' && (
        <Tooltip title={t('zoneOf', { timeZone })}>
          <Flex wrap gap={8} align="center">
            <Moment name="from" label={t('from')} value={of.from} />
            <Moment name="to" label={t('to')} value={of.to} />
          </Flex>
        </Tooltip>
      )}
    </Flex>
  )
}

/** Waits until one has stopped typing: a year is four figures. */
const pauseMs = 500

function Moment({ name, label, value }: { readonly name: 'from' | 'to'; readonly label: string; readonly value: string | undefined }) {
  const [, change] = useUrlState()
  const write = (local: string) => change({ [name]: fromLocal(local), current: undefined }, { replace: true })
  const [typed, type] = useTyped(asLocal(value ?? ''), write)
  function edit(local: string) {
    const chosen = fromLocal(local)
    type(local, chosen && asLocal(chosen), pauseMs)
  }
  return (
    <Input
      type="datetime-local"
      step={1}
      min="2000-01-01T00:00:00"
      aria-label={label}
      style={{ width: 210 }}
      value={typed}
      onChange={({ target }) => edit(target.value)}
    />
  )
}
