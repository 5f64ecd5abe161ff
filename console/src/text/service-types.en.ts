import type { serviceTypes as zh } from './service-types.zh-CN.ts'
import type { Same } from './text.ts'

export const serviceTypes: Same<typeof zh> = {
  title: 'Service types',
  about: 'What kind of business interfaces are about; documentation and lists are sorted by it.',
  search: 'Title',
  titleZh: 'Chinese title',
  titleEn: 'English title',
  number: 'Number',
  numberHint: 'What serviceType of an interface says; the next one when it is left empty.',
  add: 'New service type',
  editOf: 'Edit service type {{number}}',
  deleteOf: 'Delete the service type {{name}}?',
  deleteEffect: 'One that interfaces are of cannot be deleted. It stands in the audit log and cannot be undone.',
  emptyTitle: 'No service types',
  emptyText: 'Interfaces are of one of them.',
}
