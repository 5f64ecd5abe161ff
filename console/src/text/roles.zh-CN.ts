// Roles, and the permissions that they are made of.

export const roles = {
  title: '角色与权限',
  about: '角色是一组权限。用户可以有多个角色，修改后下一次请求即生效。',
  admin: '管理员',
  developer: '开发者',
}
