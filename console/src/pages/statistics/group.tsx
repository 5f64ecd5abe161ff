// A group of counted calls: an interface, an app, an outcome, or what is none of them. By name, and leading to the figures of it alone.

import { TextLink } from '../../components/link.tsx'
import { type Range, searchOf } from '../../components/range.tsx'
import { useText } from '../../text/text.ts'

const known = ['other', 'unidentified', 'answered', 'refused', 'failed'] as const

export const groupings = ['interface', 'app', 'status'] as const
export type Grouping = (typeof groupings)[number]

interface Group {
  readonly group: string
  readonly id: number | null
  readonly name: string | null
}

export function useGroupName(): (one: Pick<Group, 'group' | 'name'>) => string {
  const t = useText('statistics')
  return ({ group, name }) => {
    const word = known.find((one) => one === group)
    return word ? t(`group_${word}`) : (name ?? group)
  }
}

/** What is asked for besides the range. */
export interface Narrowed {
  readonly appId?: string | undefined
  readonly interfaceId?: string | undefined
}

interface GroupLinkProps {
  readonly of: Group
  readonly groupBy: Grouping
  readonly range: Range
  readonly narrowed?: Narrowed
}

/** Where one app and one interface are chosen already, there is nothing more to look at. */
export function GroupLink({ of, groupBy, range, narrowed: { appId, interfaceId } = {} }: GroupLinkProps) {
  const nameOf = useGroupName()
  if (of.id === null || (appId !== undefined && interfaceId !== undefined)) return nameOf(of)
  const chosen = {
    ...(appId === undefined ? {} : { appId }),
    ...(interfaceId === undefined ? {} : { interfaceId }),
    [`${groupBy}Id`]: String(of.id),
  }
  const by = Object.keys(chosen).length === 2 ? 'status' : groupBy === 'app' ? 'interface' : 'app'
  return (
    <TextLink to="/statistics" search={{ ...searchOf(range), ...chosen, by }}>
      {nameOf(of)}
    </TextLink>
  )
}
