// To whom deliveries are about to go, and how many to each.

import { useText } from '../../text/text.ts'

interface ToAppsProps {
  readonly apps: readonly { readonly id: number; readonly name: string; readonly publicAppId: string; readonly count: number }[]
  /** How many there are, where not all are named. */
  readonly appCount?: number
}

export function ToApps({ apps, appCount = apps.length }: ToAppsProps) {
  const t = useText('events')
  return (
    <div>
      {t('resendAllTo')}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <ul tabIndex={0} style={{ margin: '4px 0 0', paddingInlineStart: 20, maxHeight: 220, overflowY: 'auto' }}>
        {apps.map(({ id, name, publicAppId, count }) => (
          <li key={id}>
            {name} <code>{publicAppId}</code> · <span className="numbers">{count.toLocaleString()}</span>
          </li>
        ))}
        {appCount > apps.length && <li>{t('resendAllMore', { number: (appCount - apps.length).toLocaleString() })}</li>}
      </ul>
    </div>
  )
}
