// How `npm run sign` ends without a call.

export const usage = `用法 Usage:
  npm run -s sign -- --app <appId> [--secret <appSecret> | --key <file> [--key-id <keyId>]] [--scheme <scheme>]
                     [--token <token> | --with-token] [-d '<json>'] METHOD URL

  --app           应用的 appId                    the appId of the app
  --secret        应用密钥；不给则取环境变量 APP_SECRET，以免留在命令历史中
                  the secret of the app; otherwise taken from the variable APP_SECRET, which leaves no trace in a shell's history
  --key           私钥文件（PKCS #8 PEM），用于 rsa2、sm2，也可用于 rfc9421
                  a file with a private key (PKCS #8 PEM), for rsa2 and sm2, and for rfc9421 if you like
  --key-id        私钥对应的公钥在应用中登记的 keyId，仅 rfc9421 需要
                  the keyId under which the app registered its public half; for rfc9421 only
  --scheme        签名方案，默认 hmac-sha256：hmac-sha256、openapi、rsa2、sm2、rfc9421、auth-id
                  the scheme; hmac-sha256 unless given
  --platform-key  auth-id 的平台公钥，默认为 Kaimen 的默认值
                  for auth-id, the publicKey of the platform (KAIMEN_AUTH_ID_PUBLIC_KEY there); Kaimen's default unless given
  --token         已有的 token                    a token that you have
  --with-token    先向同一主机换取 token            first gets a token from the same host
  -d, --data      POST、PUT 的 JSON 对象，数字原样保留
                  the JSON object of a POST or PUT, whose numbers stay as written
  METHOD          GET, POST, PUT, DELETE

  npm run -s sign -- --app 9phm93oigrhk6k9n --with-token GET 'http://127.0.0.1:9000/api/v1/car/parking?park=东门'`

/** The command was wrong. */
export function refuse(zh: string, en: string): never {
  console.error(`${zh}\n${en}\n\n${usage}`)
  process.exit(2)
}

/** The command was right, and yet it could not be done. */
export function fail(zh: string, en: string): never {
  console.error(`${zh}\n${en}`)
  process.exit(1)
}
