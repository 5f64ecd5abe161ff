// One gateway, as the product runs it: a process of its own that knows no database. Argument: the platform's feed socket.

import { pino } from 'pino'
import { readConfig } from '#config/read.ts'
import { openGateway } from '#gateway/gateway.ts'
import { tellReady } from './child.ts'

const feedSocket = process.argv[2]!
// The data dir also stands in for the folder of a `.env`, so that one in the repository changes nothing.
const config = readConfig(process.env, process.env.KAIMEN_DATA_DIR)
const gateway = await openGateway({ config, feedSocket, log: pino({ level: 'warn' }, pino.destination(2)) })

tellReady({ url: gateway.url }, () => gateway.close())
