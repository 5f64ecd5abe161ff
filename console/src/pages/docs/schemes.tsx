// Every way to sign a call: by which key, what it leaves open, and an example whose string to sign comes about step by step, by the functions
// that the gateway verifies with.

import { Card, Flex, Tag, Typography } from 'antd'
import type { GuessedScheme } from '#schemes/pasted-request.ts'
import { weaknessesOf } from '#schemes/weaknesses.ts'
import { textIn } from '#text/text.ts'
import { Anchor, useHash } from '../../components/anchor.tsx'
import { Code } from '../../components/code.tsx'
import { type Fact, Facts } from '../../components/facts.tsx'
import { ButtonLink, TextLink } from '../../components/link.tsx'
import { PageShell } from '../../components/page-shell.tsx'
import { useLanguage, useText } from '../../text/text.ts'
import { buildFrom, schemes, usualKey } from '../workbench/build.ts'
import { examples } from '../workbench/examples.ts'
import { advised, sourceOf } from '../workbench/rules.ts'
import { BuildSteps } from '../workbench/steps.tsx'
import { getsToken } from './token-schemes.ts'
import './doc.css'

export function Page() {
  const t = useText('docs')
  useHash(true)
  return (
    <PageShell title={t('schemesTitle')} about={t('schemesAbout')}>
      <nav aria-label={t('onThisPage')} className="on-this-page">
        {schemes.map((name) => (
          <TextLink key={name} to="." hash={name}>
            {name}
          </TextLink>
        ))}
      </nav>
      {schemes.map((name) => (
        <Scheme key={name} name={name} />
      ))}
    </PageShell>
  )
}

/** What these sign differs from `hmac-sha256` by the value of `signType` alone. */
const sameString: ReadonlySet<GuessedScheme> = new Set(['rsa2', 'sm2'])

function Scheme({ name }: { readonly name: GuessedScheme }) {
  const t = useText('docs')
  const text = textIn(useLanguage()).weaknesses
  const weaknesses = weaknessesOf[name]!.map((weakness) => text[weakness])
  const built = buildFrom({ text: examples[name], scheme: name, platformKey: usualKey })
  const facts: Fact[] = [
    [t('schemeKey'), t(`schemeKey_${name}`)],
    [t('schemePlace'), t(`schemePlace_${name}`)],
    [t('schemeTime'), t(`schemeTime_${name}`)],
    [t('schemeSign'), t(`schemeSign_${name}`)],
    [t('schemeToken'), t(getsToken(name) ? 'schemeToken_same' : name === 'member' ? 'schemeToken_member' : 'schemeToken_none')],
    [t('schemeOpen'), weaknesses.length === 0 ? t('schemeOpenNothing') : weaknesses.join(' ')],
    [t('schemeSource'), sourceOf(name)],
  ]
  return (
    <Card
      size="small"
      title={
        <Anchor id={name}>
          {name} {advised.has(name) && <Tag color="blue">{t('advised')}</Tag>}
        </Anchor>
      }
      extra={
        <span className="not-printed">
          <ButtonLink size="small" to="/workbench" search={{ example: name }}>
            {t('schemeInWorkbench')}
          </ButtonLink>
        </span>
      }
    >
      <Flex vertical gap={16}>
        <Facts facts={facts} />
        <Code title={t('schemeExample')} text={examples[name]} />
        {sameString.has(name) && (
          <Typography.Text>
            {t('schemeSame')}{' '}
            <TextLink to="." hash="hmac-sha256" underline>
              hmac-sha256
            </TextLink>
          </Typography.Text>
        )}
        {!sameString.has(name) && built !== undefined && built !== 'not_a_request' && 'build' in built && (
          <>
            <Typography.Text strong>{t('schemeSteps')}</Typography.Text>
            <BuildSteps build={built.build} scheme={name} />
          </>
        )}
      </Flex>
    </Card>
  )
}
