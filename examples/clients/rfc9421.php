<?php
// Makes one call of an open platform, signed as an HTTP message (RFC 9421): gets a token if the interface wants one, signs, sends,
// prints each answer as a line of JSON.
// 以 HTTP 消息签名（RFC 9421）调用开放平台的一个接口：需要时先换取 token，签名并发送，每个应答打印为一行 JSON。
//
//   GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... API_PATH=/api/v1/car/parking php rfc9421.php
//
// Scheme rfc9421 by the app's secret; by a key that the app registered, `keyid` is appId:keyId and `alg` that of the key.
// PHP 7.4 or later, without extensions.

declare(strict_types=1);

$gatewayUrl = getenv('GATEWAY_URL'); // @fill gatewayUrl
$appId = getenv('APP_ID'); // @fill appId
$appSecret = getenv('APP_SECRET'); // @fill appSecret
$security = 'token+sign'; // @fill security
$method = 'POST'; // @fill method
$path = getenv('API_PATH'); // @fill path
$parameters = ['plate' => '京A·12345', 'fen' => 1250, 'items' => [['name' => '东门 停车', 'hours' => 2.5]]]; // @fill parameters

$query = '';
$body = null;
$fields = [];
if (strpos($security, 'token') === 0) {
    $fields['authorization'] = 'Bearer ' . getToken();
}
// Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT.
if ($method === 'POST' || $method === 'PUT') {
    $body = jsonOf((object) $parameters);
    $fields['content-type'] = 'application/json';
    $fields['content-digest'] = 'sha-256=:' . base64_encode(hash('sha256', $body, true)) . ':';
} else {
    $query = '?' . http_build_query(array_map('textOf', $parameters), '', '&', PHP_QUERY_RFC3986);
}

// What is signed: a line for each part of the request, and at the end what is said of the signature.
$authority = preg_replace('#^https?://#', '', $gatewayUrl);
$parts = ['@method' => $method, '@authority' => $authority, '@path' => $path, '@query' => $query ?: '?'] + $fields;
$about = sprintf('created=%d;keyid="%s";alg="hmac-sha256";nonce="%s";tag="kaimen"', time(), $appId, bin2hex(random_bytes(16)));
$input = '("' . implode('" "', array_keys($parts)) . '");' . $about;
$base = '';
foreach ($parts as $name => $value) {
    $base .= "\"$name\": $value\n";
}
$fields['signature-input'] = "sig=$input";
$fields['signature'] = 'sig=:' . hmac("$base\"@signature-params\": $input") . ':';
send($method, $path . $query, $fields, $body);

/** A token is asked for by scheme hmac-sha256: the signature stands among the parameters. */
function getToken(): string
{
    global $appId;
    $path = '/openapi/token/generate';
    $own = ['appId' => $appId, 'nonce' => bin2hex(random_bytes(16)), 'signType' => 'hmac-sha256', 'timestamp' => (int) (microtime(true) * 1000)];
    $canonical = urldecode(http_build_query($own));
    $body = jsonOf($own + ['sign' => hmac("POST\n$path\n$canonical")]);
    return json_decode(send('POST', $path, ['content-type' => 'application/json'], $body), true)['data']['token'];
}

function send(string $method, string $target, array $fields, ?string $body): string
{
    global $gatewayUrl;
    $http = ['method' => $method, 'ignore_errors' => true, 'protocol_version' => 1.1, 'header' => ['Connection: close']];
    foreach ($fields as $name => $value) {
        $http['header'][] = "$name: $value";
    }
    if ($body !== null) {
        $http['content'] = $body;
    }
    $stream = fopen($gatewayUrl . $target, 'r', false, stream_context_create(['http' => $http]));
    $status = (int) explode(' ', stream_get_meta_data($stream)['wrapper_data'][0])[1];
    $answer = stream_get_contents($stream);
    echo '{"status":', $status, ',"answer":', $answer, "}\n";
    if ($status !== 200) {
        exit(1);
    }
    return $answer;
}

function hmac(string $text): string
{
    global $appSecret;
    return base64_encode(hash_hmac('sha256', $text, $appSecret, true));
}

function textOf($value): string
{
    return is_string($value) ? $value : ($value === null ? '' : jsonOf($value));
}

function jsonOf($value): string
{
    return json_encode($value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
}
