<?php
// Calls an open platform: gets a token, makes a signed GET and a signed POST, prints each answer as a line of JSON.
// 调用开放平台：换取 token，发一个签名的 GET 和一个签名的 POST，每个应答打印为一行 JSON。
//
//   GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... API_PATH=/api/v1/car/parking php client.php
//
// Schemes hmac-sha256 (default) and, by SCHEME=openapi, the AES form of older clients. PHP 7.4 or later with its openssl extension.

declare(strict_types=1);

$token = call('POST', '/openapi/token/generate', [])['data']['token'];
call('GET', getenv('API_PATH'), ['park' => '东门 停车场', 'note' => 'a+b, 100%'], $token);
call('POST', getenv('API_PATH'), ['plate' => '京A·12345', 'fen' => 1250, 'items' => [['name' => '东门 停车', 'hours' => 2.5]]], $token);

/** Sends one call; parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT. */
function call(string $method, string $path, array $business, ?string $token = null): array
{
    $parameters = signed($method, $path, $business);
    $url = getenv('GATEWAY_URL') . $path;
    $headers = $token === null ? [] : ["Authorization: Bearer $token"];
    $http = ['method' => $method, 'ignore_errors' => true, 'protocol_version' => 1.1];
    if ($method === 'POST' || $method === 'PUT') {
        $headers[] = 'Content-Type: application/json';
        $http['content'] = jsonOf($parameters);
    } else {
        $url .= '?' . http_build_query(array_map('textOf', $parameters), '', '&', PHP_QUERY_RFC3986);
    }
    $headers[] = 'Connection: close';
    $stream = fopen($url, 'r', false, stream_context_create(['http' => $http + ['header' => $headers]]));
    $status = (int) explode(' ', stream_get_meta_data($stream)['wrapper_data'][0])[1];
    $answer = stream_get_contents($stream);
    echo '{"status":', $status, ',"answer":', $answer, "}\n";
    if ($status !== 200) {
        exit(1);
    }
    return json_decode($answer, true);
}

/** The parameters of the business with those of the signature. */
function signed(string $method, string $path, array $business): array
{
    $scheme = getenv('SCHEME') ?: 'hmac-sha256';
    $own = ['appId' => getenv('APP_ID'), 'timestamp' => (int) (microtime(true) * 1000), 'nonce' => bin2hex(random_bytes(16))];
    $parameters = $business + $own;
    if ($scheme === 'openapi') {
        // Without a signType the platform takes the AES form, which does not sign empty values: what is empty is not sent.
        $parameters = array_filter($parameters, fn ($value) => textOf($value) !== '');
        $sign = openssl_encrypt(canonicalOf($parameters), 'aes-256-ecb', getenv('APP_SECRET'));
    } else {
        $parameters['signType'] = $scheme;
        $stringToSign = "$method\n$path\n" . canonicalOf($parameters);
        $sign = base64_encode(hash_hmac('sha256', $stringToSign, getenv('APP_SECRET'), true));
    }
    return $parameters + ['sign' => $sign];
}

/** name=value of every parameter, in the order of the names; values as they are, not as a URL writes them. */
function canonicalOf(array $parameters): string
{
    ksort($parameters, SORT_STRING);
    $pairs = [];
    foreach ($parameters as $name => $value) {
        $pairs[] = $name . '=' . textOf($value);
    }
    return implode('&', $pairs);
}

/** A text stays as it is; a number, a list or an object is its JSON, written just as the body has it. */
function textOf($value): string
{
    if ($value === null) {
        return '';
    }
    return is_string($value) ? $value : jsonOf($value);
}

function jsonOf($value): string
{
    return json_encode($value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
}
