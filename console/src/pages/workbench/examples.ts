// A request by each scheme, to look at before one has a request of one's own. Their signatures are right by the secret below; those under
// private keys are stand-ins.

import type { GuessedScheme } from '#schemes/pasted-request.ts'

export const exampleSecret = '7Q2M9ZK4XW8R1TB6C0VN5HJ3LD7GF2PS'

const url = 'https://api.example.com/api/v1/parking/orders'
const own = `"appId":"9phm93oigrhk6k9n","timestamp":1767225600000,"nonce":"n-1"`
const business = `"plate":"京A·12345","hours":2.50,"note":"","items":[{"name":"东门 停车"}]`
const posted = (members: string, sign: string) =>
  `curl -X POST '${url}?lot=3' \\\n  -H 'Content-Type: application/json' \\\n  --data-raw '{${business},${members},"sign":"${sign}"}'`

export const examples: { readonly [Scheme in GuessedScheme]: string } = {
  'hmac-sha256': posted(`${own},"signType":"hmac-sha256"`, 'kJYwRvDKl0Ptw31O+SH2NpOq56pW1zPRhSPS1+8ZiEI='),
  rsa2: posted(`${own},"signType":"rsa2"`, 'AAAA'),
  sm2: posted(`${own},"signType":"sm2"`, 'AAAA'),
  openapi: posted(
    own,
    'e/w1N5fhvfgOlpBUlP5bVUp0zLM1H51kJzTaEJQ2alxozzY1OZ1qS9GcmMHihaDpKO6gkncuKMhdCNLVs1FnXgr2xTnnEc5Y9urvyx4EoRobysAgs+SH2464hpL4RG9h0wlQ+LXslL3sm88Q6fPy9MEHRjaZzvRPQZRx2WgpI40=',
  ),
  rfc9421: `GET /api/v1/parking/orders?plate=%E4%BA%ACA%C2%B712345 HTTP/1.1
Host: api.example.com
Signature-Input: sig=("@method" "@authority" "@path" "@query");created=1767225600;keyid="9phm93oigrhk6k9n";nonce="n-1";tag="kaimen"
Signature: sig=:lEYuY3ZU4qOPMVEePeX4teD2P6Fh/JN+YSN0Ifb27Dk=:
`,
  'auth-id': `curl '${url}?authId=9phm93oigrhk6k9n&requestTime=1767225600000&p2=two&p10=ten&name=%E4%B8%9C%E9%97%A8' -H 'token: 0123456789abcdef0123456789abcdef'`,
  member: `curl -X POST 'https://api.example.com/api/v1/token' \\\n  -H 'Content-Type: application/json' \\\n  --data-raw '{"username":"zhang.san","password":"p&ss w=rd","nonce":"n-1","timestamp":1767225600,"appid":"9phm93oigrhk6k9n","appsecret":"***","sign":"0123456789abcdef0123456789abcdef"}'`,
}
