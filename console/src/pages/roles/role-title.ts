// What a role is called. Those that the code knows have a title in both languages; any other has the one that somebody gave it.

import { useText } from '../../text/text.ts'

export function useRoleTitle(): (name: string, title: string) => string {
  const t = useText('roles')
  return (name, title) => (name === 'admin' ? t('admin') : name === 'developer' ? t('developer') : title)
}
