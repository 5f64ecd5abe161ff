// What an app is known by at a glance: its logo, or the first letter of its name. The console shows nothing from other hosts, so a logo that
// lies elsewhere is a letter too.

import { Flex } from 'antd'
import './app-logo.css'

interface AppLogoProps {
  readonly app: { readonly name: string; readonly logo: string | null }
  readonly size?: number
}

/** The key of a picture that lies at the platform. */
const isKey = (logo: string) => /^[0-9a-f]{32}$/.test(logo)

export function AppLogo({ app: { name, logo }, size = 32 }: AppLogoProps) {
  if (logo !== null && isKey(logo)) return <LogoPicture src={`/openapi/file/${logo}`} size={size} />
  return (
    <span className="app-logo" aria-hidden="true" style={{ width: size, height: size, fontSize: size / 2 }}>
      {[...name][0]?.toUpperCase()}
    </span>
  )
}

export function AppTitle({ app }: Pick<AppLogoProps, 'app'>) {
  return (
    <Flex align="center" gap={12} component="span">
      <AppLogo app={app} />
      <span style={{ overflowWrap: 'anywhere' }}>{app.name}</span>
    </Flex>
  )
}

/** Its name stands beside it. */
export function LogoPicture({ src, size }: { readonly src: string; readonly size: number }) {
  return <img className="app-logo" src={src} alt="" width={size} height={size} />
}
