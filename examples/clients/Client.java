// Makes one call of an open platform: gets a token if the interface wants one, signs, sends, prints each answer as a line of JSON.
// 调用开放平台的一个接口：需要时先换取 token，签名并发送，每个应答打印为一行 JSON。
//
//   GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... API_PATH=/api/v1/car/parking java Client.java
//   … SCHEME=rsa2 PRIVATE_KEY_FILE=private.pem …   instead of APP_SECRET
//   … SCHEME=sm2 PRIVATE_KEY_FILE=private.pem … java -cp bcprov.jar Client.java   for SM2, which Bouncy Castle has
//
// Schemes hmac-sha256 (default), rsa2, sm2 and, by SCHEME=openapi, the AES form of older clients. Java 11 or later, nothing to install
// but for sm2.

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import static java.nio.charset.StandardCharsets.UTF_8;

public class Client {
  static final String GATEWAY_URL = System.getenv("GATEWAY_URL"); // @fill gatewayUrl
  static final String APP_ID = System.getenv("APP_ID"); // @fill appId
  static final String APP_SECRET = System.getenv("APP_SECRET"); // @fill appSecret
  static final String SECURITY = "token+sign"; // @fill security
  static final String METHOD = "POST"; // @fill method
  static final String API_PATH = System.getenv("API_PATH"); // @fill path
  static final Map<String, Object> PARAMETERS = mapOf("plate", "京A·12345", "fen", 1250, "items", listOf(mapOf("name", "东门 停车", "hours", 2.5))); // @fill parameters

  static final String SCHEME = System.getenv().getOrDefault("SCHEME", "hmac-sha256"); // @fill scheme
  static final HttpClient http = HttpClient.newHttpClient();

  public static void main(String[] args) throws Exception {
    String token = SECURITY.startsWith("token") ? getToken() : null;
    call(METHOD, API_PATH, SECURITY.endsWith("sign") ? signed(METHOD, API_PATH, PARAMETERS) : PARAMETERS, token);
  }

  static String getToken() throws Exception {
    String path = "/openapi/token/generate";
    var found = Pattern.compile("\"token\":\"([^\"]+)\"").matcher(call("POST", path, signed("POST", path, Map.of()), null));
    found.find();
    return found.group(1);
  }

  /** Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT. */
  static String call(String method, String path, Map<String, Object> parameters, String token) throws Exception {
    var request = HttpRequest.newBuilder();
    if (token != null) request.header("Authorization", "Bearer " + token);
    if (method.equals("POST") || method.equals("PUT")) {
      request.uri(URI.create(GATEWAY_URL + path)).header("Content-Type", "application/json");
      request.method(method, BodyPublishers.ofString(jsonOf(parameters)));
    } else {
      String query = parameters.entrySet().stream()
          .map(each -> URLEncoder.encode(each.getKey(), UTF_8) + "=" + URLEncoder.encode(textOf(each.getValue()), UTF_8))
          .collect(Collectors.joining("&"));
      request.uri(URI.create(GATEWAY_URL + path + "?" + query)).method(method, BodyPublishers.noBody());
    }
    var response = http.send(request.build(), BodyHandlers.ofString(UTF_8));
    System.out.println("{\"status\":" + response.statusCode() + ",\"answer\":" + response.body() + "}");
    if (response.statusCode() != 200) System.exit(1);
    return response.body();
  }

  /** The parameters of the business with those of the signature. */
  static SortedMap<String, Object> signed(String method, String path, Map<String, Object> business) throws Exception {
    var parameters = new TreeMap<String, Object>(business);
    parameters.put("appId", APP_ID);
    parameters.put("timestamp", System.currentTimeMillis());
    parameters.put("nonce", UUID.randomUUID().toString());
    // Without a signType the platform takes the AES form, which does not sign empty values: what is empty is not sent.
    if (SCHEME.equals("openapi")) parameters.values().removeIf(value -> textOf(value).isEmpty());
    else parameters.put("signType", SCHEME);
    // name=value of every parameter, in the order of the names; values as they are, not as a URL writes them.
    String canonical = parameters.entrySet().stream()
        .map(each -> each.getKey() + "=" + textOf(each.getValue()))
        .collect(Collectors.joining("&"));
    String stringToSign = SCHEME.equals("openapi") ? canonical : method + "\n" + path + "\n" + canonical;
    parameters.put("sign", Base64.getEncoder().encodeToString(sign(stringToSign.getBytes(UTF_8))));
    return parameters;
  }

  static byte[] sign(byte[] bytes) throws Exception {
    switch (SCHEME) {
      case "sm2":
        // Its SM2 signs as 1234567812345678 unless told another id.
        Security.addProvider((Provider) Class.forName("org.bouncycastle.jce.provider.BouncyCastleProvider").getConstructor().newInstance());
        return signedByKey("SM3withSM2", KeyFactory.getInstance("EC", "BC"), bytes);
      case "rsa2":
        return signedByKey("SHA256withRSA", KeyFactory.getInstance("RSA"), bytes);
      case "openapi":
        Cipher aes = Cipher.getInstance("AES/ECB/PKCS5Padding");
        aes.init(Cipher.ENCRYPT_MODE, secretFor("AES"));
        return aes.doFinal(bytes);
      default:
        Mac hmac = Mac.getInstance("HmacSHA256");
        hmac.init(secretFor("HmacSHA256"));
        return hmac.doFinal(bytes);
    }
  }

  static byte[] signedByKey(String algorithm, KeyFactory keys, byte[] bytes) throws Exception {
    String pem = Files.readString(Path.of(System.getenv("PRIVATE_KEY_FILE"))).replaceAll("-----[^-]+-----|\\s", "");
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(keys.generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem))));
    signature.update(bytes);
    return signature.sign();
  }

  static SecretKeySpec secretFor(String algorithm) {
    return new SecretKeySpec(APP_SECRET.getBytes(UTF_8), algorithm);
  }

  /** Names and values in turn. */
  static Map<String, Object> mapOf(Object... pairs) {
    var map = new LinkedHashMap<String, Object>();
    for (int at = 0; at < pairs.length; at += 2) map.put((String) pairs[at], pairs[at + 1]);
    return map;
  }

  static List<Object> listOf(Object... items) {
    return Arrays.asList(items);
  }

  /** A text stays as it is; a number, a list or an object is its JSON, written just as the body has it. */
  static String textOf(Object value) {
    if (value == null) return "";
    return value instanceof String ? (String) value : jsonOf(value);
  }

  // A JSON library does as well, as long as the body and the string to sign are written by the same one, without spaces.
  static String jsonOf(Object value) {
    if (value instanceof Map) {
      return ((Map<?, ?>) value).entrySet().stream()
          .map(each -> quoted((String) each.getKey()) + ":" + jsonOf(each.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    if (value instanceof List) return ((List<?>) value).stream().map(Client::jsonOf).collect(Collectors.joining(",", "[", "]"));
    return value instanceof String ? quoted((String) value) : String.valueOf(value);
  }

  static String quoted(String text) {
    var json = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') json.append('\\').append(c);
      else if (c < ' ') json.append(String.format("\\u%04x", (int) c));
      else json.append(c);
    }
    return json.append('"').toString();
  }
}
