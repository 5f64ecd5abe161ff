// The settings as a process is given them: its environment, over a `.env` file. Whatever is wrong is named, all of it at once.

import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { type Config, settings } from '#config.ts'
import { StartError } from '#lib/start-error.ts'

/**
 * Reads the settings from `env`, over those of a `.env` file in `folder`.
 * Throws a StartError that names every wrong variable.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env, folder = process.cwd()): Config {
  const given = givenIn(env, folder)
  const problems = unknownNames(given).map((name) => `${name}: no such setting (docs/config.md lists them)`)
  const values = Object.entries(settings).map(([name, { env, accepts, read, fallback }]) => {
    const text = given[env]
    if (text === undefined || text === '') return [name, fallback]
    const value = read(text)
    if (value === undefined) problems.push(`${env}: not valid; it accepts: ${accepts}`)
    return [name, value]
  })
  const config: Config = Object.fromEntries(values)
  problems.push(...whatDoesNotGoTogether(config, given))
  if (problems.length > 0) {
    throw new StartError({
      en: `The settings are not right:\n  ${problems.join('\n  ')}`,
      zh: '设置有误：请按上面的名字改正后再启动（docs/config.md 列出了所有设置）。',
    })
  }
  return config
}

/** Settings that were given although this version does not act on them yet. */
export function pendingSettings(env: NodeJS.ProcessEnv = process.env, folder = process.cwd()): string[] {
  const given = givenIn(env, folder)
  return Object.values(settings)
    .filter((row) => row.pending && given[row.env])
    .map((row) => row.env)
}

function givenIn(env: NodeJS.ProcessEnv, folder: string): NodeJS.ProcessEnv {
  const file = `${folder}/.env`
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}
  return { ...fromFile, ...env }
}

function unknownNames(given: NodeJS.ProcessEnv): string[] {
  const known = new Set<string>(Object.values(settings).map((row) => row.env))
  return Object.keys(given).filter(
    (name) => name.startsWith('KAIMEN_') && !known.has(name) && !isInjectedByKubernetes(name, given[name] ?? ''),
  )
}

// A Kubernetes service called "kaimen-…" puts such names into every pod of its namespace.
function isInjectedByKubernetes(name: string, value: string): boolean {
  return (
    /_SERVICE_(HOST|PORT)(_.*)?$/.test(name) || (name.includes('_PORT') && (value.startsWith('tcp://') || /_PORT_\d+_(TCP|UDP)/.test(name)))
  )
}

function whatDoesNotGoTogether(config: Config, given: NodeJS.ProcessEnv): string[] {
  const problems: [isSo: boolean, problem: string][] = [
    [
      config.captchaTestAnswer !== undefined && given.NODE_ENV === 'production',
      'KAIMEN_CAPTCHA_TEST_ANSWER: refused when NODE_ENV=production',
    ],
    [config.smtpUrl !== undefined && config.mailFrom === undefined, 'KAIMEN_MAIL_FROM: needed with KAIMEN_SMTP_URL'],
    [config.smsProvider === 'http' && config.smsUrl === undefined, 'KAIMEN_SMS_URL: needed with KAIMEN_SMS_PROVIDER=http'],
    [
      config.s3Endpoint !== undefined && (config.s3AccessKey === undefined || config.s3SecretKey === undefined),
      'KAIMEN_S3_ACCESS_KEY, KAIMEN_S3_SECRET_KEY: needed with KAIMEN_S3_ENDPOINT',
    ],
  ]
  return problems.flatMap(([isSo, problem]) => (isSo ? problem : []))
}
