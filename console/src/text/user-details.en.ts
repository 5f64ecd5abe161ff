import type { Same } from './text.ts'
import type { userDetails as zh } from './user-details.zh-CN.ts'

export const userDetails: Same<typeof zh> = {
  title: 'Fields of user details',
  about: 'What the user centre (/api/user) tells of a person in details: fields of your own.',
  fieldTitle: 'Title',
  titleHint: 'What people read.',
  name: 'Name',
  nameHint: 'As parameters and answers have it; it stays as it is.',
  type: 'Type',
  text: 'Text',
  number: 'Number',
  date: 'Date',
  required: 'Required',
  requiredHint: 'Once told, it cannot be emptied.',
  order: 'Order',
  orderHint: 'Small ones come first.',
  add: 'New field',
  editOf: 'Edit {{name}}',
  deleteOf: 'Delete the field {{name}}?',
  deleteEffect: 'What was told under it of anybody is deleted too. It cannot be undone.',
  emptyTitle: 'No fields',
  emptyText: 'Apps tell of people by the fields that stand here.',
}
