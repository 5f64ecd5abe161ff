// The roles that somebody has, by their titles.

import { Flex, Tag } from 'antd'
import { useRoleTitle } from '../roles/role-title.ts'
import type { User } from './users.tsx'

export function RoleTags({ roles }: Pick<User, 'roles'>) {
  const titleOf = useRoleTitle()
  if (roles.length === 0) return '–'
  return (
    <Flex wrap gap={4} style={{ display: 'inline-flex' }}>
      {roles.map(({ id, name, title }) => (
        <Tag key={id}>{titleOf(name, title)}</Tag>
      ))}
    </Flex>
  )
}
