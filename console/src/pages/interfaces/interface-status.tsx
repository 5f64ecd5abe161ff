import { StatusTag } from '../../components/status-tag.tsx'
import { useText } from '../../text/text.ts'
import type { Interface } from './interfaces.tsx'

export function InterfaceStatus({ of: { status, enable, tripped } }: { readonly of: Pick<Interface, 'status' | 'enable' | 'tripped'> }) {
  const t = useText('interfaces')
  if (status === 0) return <StatusTag mood="idle">{t('draft')}</StatusTag>
  if (enable === 1) return <StatusTag mood="bad">{t('disabled')}</StatusTag>
  if (tripped) return <StatusTag mood="warn">{t('tripped')}</StatusTag>
  return <StatusTag mood="good">{t('published')}</StatusTag>
}
