import type { CallFault } from '#core/operation/refusals.ts'

export const adviceZhCN: Record<CallFault, string> = {
  interface_not_found: '请对照接口文档核对方法、路径及路径中的版本；已到下线时间的版本不再可用。',
  interface_disabled: '请求本身没有问题，请向平台运营方询问接口何时恢复。',
  interface_tripped: '请联系平台运营方重新开放接口，并均匀分布调用。',
  ip_denied: '请将调用记录中的地址与应用的地址列表核对；运营方可在应用或平台上放行该地址。',
  missing_credentials: '请携带接口要求的凭证：`Authorization` 中的 token、签名参数，或两者。',
  invalid_token: '请重新获取 token，并确认它完整地位于 `Bearer ` 之后、由本平台签发。重置密钥会使旧 token 失效。',
  token_expired: '请在 token 到期前换取新的：`refresh_in` 给出了时机。另请检查本机时钟。',
  signature_missing:
    '请发送签名方案的全部参数（如 `appId`、`timestamp`、`nonce`、`sign`）：POST、PUT 放在请求体，其余放在查询串。/openapi/token/generate 同样需要，无论调用以何种方式签名。',
  timestamp_out_of_window: '请用 NTP 校准本机时钟，按方案要求的单位发送时间，并在发送前即时签名。',
  signature_invalid: '请用请求编号查询拒绝原因，可看到正确的待签名字符串与您的对比；也可在签名工作台逐步构建。',
  app_disabled: '请联系平台运营方启用应用。',
  app_expired: '请联系平台运营方延长应用有效期。',
  scheme_not_allowed: '请使用应用与接口都允许的签名方案，二者的页面均有列出。换取 token 限 hmac-sha256、rsa2、sm2、openapi。',
  replayed_request: '每次调用都要生成新的 nonce，重发时也不例外。',
  decrypt_failed: '请使用应用当前的密钥加密，并注明所用算法。',
  not_granted: '请在应用页面申请该接口。',
  project_denied: '请填写应用已绑定的项目；运营方可以绑定更多项目。',
  rate_limited: '请等待 `Retry-After` 给出的时间，并均匀分布调用；每个应答的 `RateLimit` 给出剩余次数。',
  quota_exceeded: '请等待 `Retry-After` 给出的时间，或联系运营方提高配额。',
  invalid_parameters: '提示中给出了参数和规则，请对照接口文档的参数说明。',
  body_too_large: '请减少单次发送的内容。',
  overloaded: '请稍后重发，并逐次延长间隔。',
  upstream_unreachable: '请稍后重发；若持续出现，请将请求编号告知运营方。',
  upstream_timeout: '后端服务可能已经执行：请先查询结果，再决定是否重发。',
}
