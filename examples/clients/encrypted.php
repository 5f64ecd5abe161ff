<?php
// Makes one call of an open platform with an encrypted body, whose answer comes back encrypted: gets a token if the interface wants one,
// encrypts, signs, sends, prints each answer as a line of JSON.
// 以加密的请求体调用开放平台的一个接口，应答同样加密返回；需要时先换取 token，每个应答（解密后）打印为一行 JSON。
//
//   GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... API_PATH=/api/v1/car/parking php encrypted.php
//
// aes-256-gcm, signed by hmac-sha256. PHP 7.4 or later with its openssl extension.

declare(strict_types=1);

$gatewayUrl = getenv('GATEWAY_URL'); // @fill gatewayUrl
$appId = getenv('APP_ID'); // @fill appId
$appSecret = getenv('APP_SECRET'); // @fill appSecret
$security = 'token+sign'; // @fill security
$method = 'POST'; // @fill method
$path = getenv('API_PATH'); // @fill path
$parameters = ['plate' => '京A·12345', 'fen' => 1250, 'items' => [['name' => '东门 停车', 'hours' => 2.5]]]; // @fill parameters

$key = hash_hkdf('sha256', $appSecret, 32, 'kaimen aes-256-gcm');

$token = strpos($security, 'token') === 0 ? json_decode(send('POST', '/openapi/token/generate', []), true)['data']['token'] : null;
send($method, $path, ['encrypt' => 'aes-256-gcm', 'data' => seal(jsonOf((object) $parameters)), 'encryptResponse' => 'true'], $token);

/** Base64 of 12 random bytes, the encrypted ones, and the 16 of the tag. */
function seal(string $text): string
{
    global $key;
    $iv = random_bytes(12);
    $sealed = openssl_encrypt($text, 'aes-256-gcm', $key, OPENSSL_RAW_DATA, $iv, $tag);
    return base64_encode($iv . $sealed . $tag);
}

/** Throws when the tag is not right: somebody without the secret wrote it. */
function unseal(string $data): string
{
    global $key;
    $bytes = base64_decode($data);
    $text = openssl_decrypt(substr($bytes, 12, -16), 'aes-256-gcm', $key, OPENSSL_RAW_DATA, substr($bytes, 0, 12), substr($bytes, -16));
    if ($text === false) {
        throw new RuntimeException('the answer was not encrypted with our secret');
    }
    return $text;
}

function send(string $method, string $path, array $parameters, ?string $token = null): string
{
    global $gatewayUrl;
    $headers = ['Content-Type: application/json', 'Connection: close'];
    if ($token !== null) {
        $headers[] = "Authorization: Bearer $token";
    }
    $http = ['method' => $method, 'ignore_errors' => true, 'protocol_version' => 1.1, 'header' => $headers];
    $http['content'] = jsonOf(signed($method, $path, $parameters));
    $stream = fopen($gatewayUrl . $path, 'r', false, stream_context_create(['http' => $http]));
    $status = (int) explode(' ', stream_get_meta_data($stream)['wrapper_data'][0])[1];
    $answer = stream_get_contents($stream);
    // What is refused before it was decrypted is answered as it is.
    $fields = json_decode($answer, true);
    if (isset($fields['encrypt'])) {
        $answer = unseal($fields['data']);
    }
    echo '{"status":', $status, ',"answer":', $answer, "}\n";
    if ($status !== 200) {
        exit(1);
    }
    return $answer;
}

/** Signed as they are sent, encrypted. */
function signed(string $method, string $path, array $parameters): array
{
    global $appId, $appSecret;
    $parameters += ['appId' => $appId, 'timestamp' => (int) (microtime(true) * 1000), 'nonce' => bin2hex(random_bytes(16)), 'signType' => 'hmac-sha256'];
    ksort($parameters);
    $canonical = urldecode(http_build_query($parameters));
    $sign = hash_hmac('sha256', "$method\n$path\n$canonical", $appSecret, true);
    return $parameters + ['sign' => base64_encode($sign)];
}

function jsonOf($value): string
{
    return json_encode($value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
}
