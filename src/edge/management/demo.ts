// The demo service, for an operator who has none at hand: started, and registered like any other.

import { fault } from '#core/fault.ts'
import { pageServices, type ServiceRow } from '#core/service/service.store.ts'
import type { Db } from '#db/open.ts'
import { endpoint } from './endpoint.ts'
import { register, serviceAnswer, serviceBody, serviceOnWire } from './service.ts'

export const addDemoService = endpoint({
  summary: {
    en: 'Start the demo service, which answers what reached it, and register it; one that is registered is answered again',
    zh: '启动演示服务（原样返回收到的内容）并登记为后端服务；已登记则返回原有的',
  },
  answer: serviceAnswer,
  async handle(_, deps, viewer) {
    const { url } = deps.demo
    if (url === undefined) throw fault('invalid_parameters', { reason: 'demo_off' })
    await deps.demo.open().catch((cause: unknown) => {
      throw fault('invalid_parameters', { reason: 'demo_port', value: deps.config.demoPort }, { cause })
    })
    const known = await findDemo(deps.db, url)
    return known ? serviceOnWire(known, deps) : register(serviceBody.parse({ name: 'demo', targets: [{ url }] }), deps, viewer)
  },
})

/** The service that leads there, if one is registered. */
export async function findDemo(db: Db, url: string): Promise<ServiceRow | undefined> {
  const { records } = await pageServices(db, { current: 1, size: 200, url })
  return records.find(({ targets }) => targets.some((target) => target.url === url))
}
