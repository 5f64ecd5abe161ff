// The roles that somebody has, by their titles.

import { useRoleTitle } from '../roles/role-title.ts'
import type { User } from './users.tsx'
import './role-tags.css'

export function RoleTags({ roles }: Pick<User, 'roles'>) {
  const titleOf = useRoleTitle()
  if (roles.length === 0) return '–'
  return (
    <span className="role-tags">
      {roles.map(({ id, name, title }) => (
        <span key={id}>{titleOf(name, title)}</span>
      ))}
    </span>
  )
}
