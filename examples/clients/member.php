<?php
// Logs a member in (source 001), calls an interface as that member, refreshes the tokens; prints each answer as a line of JSON.
// 会员登录换取 token，以会员身份调用一个接口，再刷新 token；每个应答打印为一行 JSON。
//
//   GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... MEMBER=... PASSWORD=... API_PATH=/api/v1/member/info php member.php
//
// PHP 7.4 or later, without extensions.

declare(strict_types=1);

$login = [
    'username' => getenv('MEMBER'),
    'password' => getenv('PASSWORD'),
    'nonce' => bin2hex(random_bytes(16)),
    'timestamp' => time(),
    'appid' => getenv('APP_ID'),
    'appsecret' => getenv('APP_SECRET'),
];
$tokens = post('/api/v1/token', $login + ['sign' => makeSign($login, getenv('APP_SECRET'))]);
ask('GET', getenv('API_PATH'), ['authentication: ' . authentication($tokens)]);
post('/api/v1/token/refresh', ['refresh_token' => $tokens['refresh_token']]);

/** The code of the document: sorted, the key last, as a query, decoded, md5. */
function makeSign(array $data, string $secret): string
{
    ksort($data);
    $data['key'] = $secret;
    return strtolower(md5(urldecode(http_build_query($data))));
}

/** The value of the field by which a member calls. */
function authentication(array $tokens): string
{
    $uid = $tokens['client']['uid'];
    return $uid . ' ' . base64_encode(getenv('APP_ID') . ':' . $tokens['access_token'] . ':' . $uid);
}

function post(string $path, array $body): array
{
    return ask('POST', $path, ['Content-Type: application/json'], json_encode($body))['data'];
}

function ask(string $method, string $path, array $headers, ?string $body = null): array
{
    $http = ['method' => $method, 'ignore_errors' => true, 'protocol_version' => 1.1];
    $http['header'] = array_merge($headers, ['Connection: close']);
    if ($body !== null) {
        $http['content'] = $body;
    }
    $stream = fopen(getenv('GATEWAY_URL') . $path, 'r', false, stream_context_create(['http' => $http]));
    $status = (int) explode(' ', stream_get_meta_data($stream)['wrapper_data'][0])[1];
    $answer = stream_get_contents($stream);
    echo '{"status":', $status, ',"answer":', $answer, "}\n";
    if ($status !== 200) {
        exit(1);
    }
    return json_decode($answer, true);
}
