<?php
// Logs a member in (source 001), calls an interface as that member, refreshes the tokens; prints each answer as a line of JSON.
// 会员登录换取 token，以会员身份调用一个接口，再刷新 token；每个应答打印为一行 JSON。
//
//   GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... MEMBER=... PASSWORD=... API_PATH=/api/v1/member/info php member.php
//
// PHP 7.4 or later, without extensions.

declare(strict_types=1);

$gatewayUrl = getenv('GATEWAY_URL'); // @fill gatewayUrl
$appId = getenv('APP_ID'); // @fill appId
$appSecret = getenv('APP_SECRET'); // @fill appSecret
$method = 'GET'; // @fill method
$path = getenv('API_PATH'); // @fill path
$parameters = []; // @fill parameters

$login = [
    'username' => getenv('MEMBER'),
    'password' => getenv('PASSWORD'),
    'nonce' => bin2hex(random_bytes(16)),
    'timestamp' => time(),
    'appid' => $appId,
    'appsecret' => $appSecret,
];
$tokens = ask('POST', '/api/v1/token', $login + ['sign' => makeSign($login, $appSecret)])['data'];
$uid = $tokens['client']['uid'];
$proof = base64_encode($appId . ':' . $tokens['access_token'] . ':' . $uid);
ask($method, $path, $parameters, ["authentication: $uid $proof"]);
ask('POST', '/api/v1/token/refresh', ['refresh_token' => $tokens['refresh_token']]);

/** The code of the document: sorted, the key last, as a query, decoded, md5. */
function makeSign(array $data, string $secret): string
{
    ksort($data);
    $data['key'] = $secret;
    return strtolower(md5(urldecode(http_build_query($data))));
}

/** Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT. */
function ask(string $method, string $path, array $parameters, array $headers = []): array
{
    global $gatewayUrl;
    $url = $gatewayUrl . $path;
    $headers[] = 'Connection: close';
    $http = ['method' => $method, 'ignore_errors' => true, 'protocol_version' => 1.1];
    if ($method === 'POST' || $method === 'PUT') {
        $headers[] = 'Content-Type: application/json';
        $http['content'] = json_encode((object) $parameters);
    } else {
        $texts = array_map(fn ($value) => is_string($value) ? $value : json_encode($value), $parameters);
        $url .= '?' . http_build_query($texts, '', '&', PHP_QUERY_RFC3986);
    }
    $stream = fopen($url, 'r', false, stream_context_create(['http' => $http + ['header' => $headers]]));
    $status = (int) explode(' ', stream_get_meta_data($stream)['wrapper_data'][0])[1];
    $answer = stream_get_contents($stream);
    echo '{"status":', $status, ',"answer":', $answer, "}\n";
    if ($status !== 200) {
        exit(1);
    }
    return json_decode($answer, true);
}
