<?php
// Makes one call of an open platform: gets a token if the interface wants one, signs, sends, prints each answer as a line of JSON.
// 调用开放平台的一个接口：需要时先换取 token，签名并发送，每个应答打印为一行 JSON。
//
//   GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... API_PATH=/api/v1/car/parking php client.php
//
//   … SCHEME=rsa2 PRIVATE_KEY_FILE=private.pem …   instead of APP_SECRET; or SCHEME=sm2
//
// Schemes hmac-sha256 (default), rsa2, sm2 and, by SCHEME=openapi, the AES form of older clients. PHP 7.4 or later with its openssl
// extension; for sm2 this has to stand on OpenSSL 3.

declare(strict_types=1);

$gatewayUrl = getenv('GATEWAY_URL'); // @fill gatewayUrl
$appId = getenv('APP_ID'); // @fill appId
$appSecret = getenv('APP_SECRET') ?: ''; // @fill appSecret
$scheme = getenv('SCHEME') ?: 'hmac-sha256'; // @fill scheme
$security = 'token+sign'; // @fill security
$method = 'POST'; // @fill method
$path = getenv('API_PATH'); // @fill path
$parameters = ['plate' => '京A·12345', 'fen' => 1250, 'items' => [['name' => '东门 停车', 'hours' => 2.5]]]; // @fill parameters

$client = new Client($gatewayUrl, $appId, $appSecret, $scheme);
$token = strpos($security, 'token') === 0 ? $client->getToken() : null;
$client->call($method, $path, substr($security, -4) === 'sign' ? $client->signed($method, $path, $parameters) : $parameters, $token);

final class Client
{
    private string $gatewayUrl;
    private string $appId;
    private string $appSecret;
    private string $scheme;

    public function __construct(string $gatewayUrl, string $appId, string $appSecret, string $scheme)
    {
        $this->gatewayUrl = $gatewayUrl;
        $this->appId = $appId;
        $this->appSecret = $appSecret;
        $this->scheme = $scheme;
    }

    public function getToken(): string
    {
        $path = '/openapi/token/generate';
        return json_decode($this->call('POST', $path, $this->signed('POST', $path, [])), true)['data']['token'];
    }

    /** Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT. */
    public function call(string $method, string $path, array $parameters, ?string $token = null): string
    {
        $url = $this->gatewayUrl . $path;
        $headers = $token === null ? [] : ["Authorization: Bearer $token"];
        $http = ['method' => $method, 'ignore_errors' => true, 'protocol_version' => 1.1];
        if ($method === 'POST' || $method === 'PUT') {
            $headers[] = 'Content-Type: application/json';
            $http['content'] = self::jsonOf((object) $parameters);
        } else {
            $url .= '?' . http_build_query(array_map([self::class, 'textOf'], $parameters), '', '&', PHP_QUERY_RFC3986);
        }
        $headers[] = 'Connection: close';
        $stream = fopen($url, 'r', false, stream_context_create(['http' => $http + ['header' => $headers]]));
        $status = (int) explode(' ', stream_get_meta_data($stream)['wrapper_data'][0])[1];
        $answer = stream_get_contents($stream);
        echo '{"status":', $status, ',"answer":', $answer, "}\n";
        if ($status !== 200) {
            exit(1);
        }
        return $answer;
    }

    /** The parameters of the business with those of the signature. */
    public function signed(string $method, string $path, array $business): array
    {
        $own = ['appId' => $this->appId, 'timestamp' => (int) (microtime(true) * 1000), 'nonce' => bin2hex(random_bytes(16))];
        $parameters = $business + $own;
        if ($this->scheme === 'openapi') {
            // Without a signType the platform takes the AES form, which does not sign empty values: what is empty is not sent.
            $parameters = array_filter($parameters, fn ($value) => self::textOf($value) !== '');
            $sign = openssl_encrypt(self::canonicalOf($parameters), 'aes-256-ecb', $this->appSecret);
        } else {
            $parameters['signType'] = $this->scheme;
            $stringToSign = "$method\n$path\n" . self::canonicalOf($parameters);
            if ($this->scheme === 'rsa2') {
                openssl_sign($stringToSign, $signature, file_get_contents(getenv('PRIVATE_KEY_FILE')), OPENSSL_ALGO_SHA256);
            } elseif ($this->scheme === 'sm2') {
                $key = openssl_pkey_get_private(file_get_contents(getenv('PRIVATE_KEY_FILE')));
                openssl_sign(self::signerOf($key) . $stringToSign, $signature, $key, 'sm3');
            } else {
                $signature = hash_hmac('sha256', $stringToSign, $this->appSecret, true);
            }
            $sign = base64_encode($signature);
        }
        return $parameters + ['sign' => $sign];
    }

    /** What SM2 signs begins with a digest of who signs: the id 1234567812345678 and its length, the curve, the public key. */
    private static function signerOf($key): string
    {
        $curve = hex2bin(
            'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93'
            . '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0'
        );
        $pem = openssl_pkey_get_details($key)['key'];
        $point = substr(base64_decode(preg_replace('/-----[^-]+-----/', '', $pem)), -64);
        return openssl_digest("\x00\x801234567812345678$curve$point", 'sm3', true);
    }

    /** name=value of every parameter, in the order of the names; values as they are, not as a URL writes them. */
    private static function canonicalOf(array $parameters): string
    {
        ksort($parameters, SORT_STRING);
        $pairs = [];
        foreach ($parameters as $name => $value) {
            $pairs[] = $name . '=' . self::textOf($value);
        }
        return implode('&', $pairs);
    }

    /** A text stays as it is; a number, a list or an object is its JSON, written just as the body has it. */
    private static function textOf($value): string
    {
        if ($value === null) {
            return '';
        }
        return is_string($value) ? $value : self::jsonOf($value);
    }

    private static function jsonOf($value): string
    {
        return json_encode($value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
    }
}
