// The signature itself, under a key that is typed here and stays here, beside the one that the request carries.

import { Alert, Button, Card, Flex, Form, Input, Typography } from 'antd'
import { useState } from 'react'
import type { GuessedScheme } from '#schemes/pasted-request.ts'
import { Code } from '../../components/code.tsx'
import { Difference } from '../../components/difference.tsx'
import { useText } from '../../text/text.ts'
import { type Draft, signatureIn } from './build.ts'
import { exampleSecret, examples } from './examples.ts'
import { keyOf, type NotSigned, signHere } from './sign.ts'

interface SignHereProps {
  readonly draft: Draft
  readonly scheme: GuessedScheme
  readonly stringToSign: string
}

export function SignHere({ draft, scheme, stringToSign }: SignHereProps) {
  const t = useText('workbench')
  const [key, setKey] = useState('')
  const [made, setMade] = useState<{ readonly of: string; readonly key: string; readonly signature: string }>()
  const kind = keyOf[scheme]
  const isExample = kind === 'secret' && draft.text === examples[scheme]
  // What was made of another string, or under another key, is not shown any more.
  const signature = made?.of === stringToSign && made.key === key ? made.signature : undefined
  const sign = async () => setMade({ of: stringToSign, key, signature: await signHere(scheme, stringToSign, key) })
  return (
    <Card size="small" title={t('signHere')}>
      <Flex vertical gap={12}>
        {kind === undefined ? (
          <Typography.Text type="secondary">{t('signNotHere', { scheme })}</Typography.Text>
        ) : (
          <>
            <Typography.Text type="secondary">{t('signHereAbout')}</Typography.Text>
            <Form layout="vertical" onFinish={sign}>
              <Form.Item label={t(`key_${kind}`)} htmlFor="workbench-secret" style={{ marginBottom: 12 }}>
                {kind === 'secret' ? (
                  <Input.Password
                    id="workbench-secret"
                    autoComplete="off"
                    value={key}
                    onChange={({ target }) => setKey(target.value)}
                    style={{ maxWidth: 420 }}
                  />
                ) : (
                  <Input.TextArea
                    id="workbench-secret"
                    rows={4}
                    autoComplete="off"
                    spellCheck={false}
                    value={key}
                    placeholder="-----BEGIN PRIVATE KEY-----"
                    onChange={({ target }) => setKey(target.value)}
                    style={{ fontFamily: 'var(--ant-font-family-code)', fontSize: 13 }}
                  />
                )}
              </Form.Item>
              <Flex wrap gap={8}>
                <Button type="primary" htmlType="submit" disabled={key === ''}>
                  {t('sign')}
                </Button>
                {isExample && <Button onClick={() => setKey(exampleSecret)}>{t('exampleSecret')}</Button>}
              </Flex>
            </Form>
            <div aria-live="polite">{signature !== undefined && <Made signature={signature} given={signatureIn(draft)} />}</div>
          </>
        )}
      </Flex>
    </Card>
  )
}

const problems: ReadonlySet<string> = new Set<NotSigned>(['needs_https', 'bad_key'])

function Made({ signature, given }: { readonly signature: string; readonly given: string | undefined }) {
  const t = useText('workbench')
  if (problems.has(signature)) return <Alert type="warning" showIcon title={t(`not_signed_${signature as NotSigned}`)} />
  return (
    <Flex vertical gap={12}>
      <Code title={t('signature')} text={signature} />
      {given === signature && <Alert type="success" showIcon title={t('signatureSame')} />}
      {given !== undefined && given !== signature && (
        <>
          <Alert type="warning" showIcon title={t('signatureOther')} />
          <Difference right={{ title: t('signatureRight'), text: signature }} other={{ title: t('signatureGiven'), text: given }} />
        </>
      )}
    </Flex>
  )
}
