import { useText } from '../../text/text.ts'

const known = ['other', 'unidentified', 'answered', 'refused', 'failed'] as const

/** What a group is called; some are none of an app or interface. */
export function useGroupName(): (one: { readonly group: string; readonly name: string | null }) => string {
  const t = useText('statistics')
  return ({ group, name }) => {
    const word = known.find((one) => one === group)
    return word ? t(`group_${word}`) : (name ?? group)
  }
}
