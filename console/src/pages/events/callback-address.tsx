// The callback address of an app where all is told of it; it is changed where its events are.

import { useMayOwn } from '../../api/me.ts'
import { TextLink } from '../../components/link.tsx'
import { useText } from '../../text/text.ts'

export function CallbackAddress({ of: { callbackAddress } }: { readonly of: { readonly callbackAddress: string | null } }) {
  const t = useText('events')
  const may = useMayOwn()
  if (!may('view-event') || (callbackAddress === null && !may('edit-app'))) return callbackAddress ?? t('common:none')
  return (
    <TextLink to="." search={{ tab: 'events' }}>
      {callbackAddress ?? t('setAddress')}
    </TextLink>
  )
}
