// Makes one call of an open platform with an encrypted body, whose answer comes back encrypted: gets a token if the interface wants one,
// encrypts, signs, sends, prints each answer as a line of JSON.
// 以加密的请求体调用开放平台的一个接口，应答同样加密返回；需要时先换取 token，每个应答（解密后）打印为一行 JSON。
//
//   GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... API_PATH=/api/v1/car/parking java Encrypted.java
//   … ENCRYPT=sm4-gcm … java -cp bcprov.jar Encrypted.java   for SM4, which Bouncy Castle has
//
// aes-256-gcm (default) or sm4-gcm, signed by hmac-sha256. Java 11 or later, for AES nothing to install.

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import static java.nio.charset.StandardCharsets.UTF_8;

public class Encrypted {
  static final String GATEWAY_URL = System.getenv("GATEWAY_URL"); // @fill gatewayUrl
  static final String APP_ID = System.getenv("APP_ID"); // @fill appId
  static final String APP_SECRET = System.getenv("APP_SECRET"); // @fill appSecret
  static final String ENCRYPT = System.getenv().getOrDefault("ENCRYPT", "aes-256-gcm"); // @fill encrypt
  static final String SECURITY = "token+sign"; // @fill security
  static final String METHOD = "POST"; // @fill method
  static final String API_PATH = System.getenv("API_PATH"); // @fill path
  static final Map<String, Object> PARAMETERS = mapOf("plate", "京A·12345", "fen", 1250, "items", listOf(mapOf("name", "东门 停车", "hours", 2.5))); // @fill parameters

  public static void main(String[] args) throws Exception {
    String token = SECURITY.startsWith("token") ? getToken() : null;
    send(METHOD, API_PATH, mapOf("encrypt", ENCRYPT, "data", seal(jsonOf(PARAMETERS)), "encryptResponse", true), token);
  }

  /** Base64 of 12 random bytes, the encrypted ones, and the 16 of the tag. */
  static String seal(String text) throws Exception {
    byte[] iv = new byte[12];
    new SecureRandom().nextBytes(iv);
    byte[] sealed = gcm(Cipher.ENCRYPT_MODE, iv).doFinal(text.getBytes(UTF_8));
    byte[] all = Arrays.copyOf(iv, iv.length + sealed.length);
    System.arraycopy(sealed, 0, all, iv.length, sealed.length);
    return Base64.getEncoder().encodeToString(all);
  }

  /** Throws when the tag is not right: somebody without the secret wrote it. */
  static String open(String data) throws Exception {
    byte[] all = Base64.getDecoder().decode(data);
    return new String(gcm(Cipher.DECRYPT_MODE, Arrays.copyOf(all, 12)).doFinal(all, 12, all.length - 12), UTF_8);
  }

  /** Under a key that HKDF-SHA-256 derives from the secret, of 32 bytes for AES and 16 for SM4. */
  static Cipher gcm(int mode, byte[] iv) throws Exception {
    byte[] key = hmac(hmac(new byte[32], APP_SECRET), "kaimen " + ENCRYPT + "\u0001");
    boolean isAes = ENCRYPT.equals("aes-256-gcm");
    if (!isAes) Security.addProvider((Provider) Class.forName("org.bouncycastle.jce.provider.BouncyCastleProvider").getConstructor().newInstance());
    Cipher gcm = Cipher.getInstance(isAes ? "AES/GCM/NoPadding" : "SM4/GCM/NoPadding");
    gcm.init(mode, new SecretKeySpec(key, 0, isAes ? 32 : 16, isAes ? "AES" : "SM4"), new GCMParameterSpec(128, iv));
    return gcm;
  }

  static String getToken() throws Exception {
    return fieldIn(send("POST", "/openapi/token/generate", Map.of(), null), "token");
  }

  static String send(String method, String path, Map<String, Object> parameters, String token) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(GATEWAY_URL + path)).header("Content-Type", "application/json");
    if (token != null) request.header("Authorization", "Bearer " + token);
    request.method(method, BodyPublishers.ofString(jsonOf(signed(method, path, parameters))));
    var response = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString(UTF_8));
    // What is refused before it was decrypted is answered as it is.
    String answer = response.body();
    if (fieldIn(answer, "encrypt") != null) answer = open(fieldIn(answer, "data"));
    System.out.println("{\"status\":" + response.statusCode() + ",\"answer\":" + answer + "}");
    if (response.statusCode() != 200) System.exit(1);
    return answer;
  }

  /** Signed as they are sent, encrypted. */
  static Map<String, Object> signed(String method, String path, Map<String, Object> sent) throws Exception {
    var parameters = new TreeMap<String, Object>(sent);
    parameters.put("appId", APP_ID);
    parameters.put("timestamp", System.currentTimeMillis());
    parameters.put("nonce", UUID.randomUUID().toString());
    parameters.put("signType", "hmac-sha256");
    String canonical = parameters.entrySet().stream().map(each -> each.getKey() + "=" + each.getValue()).collect(Collectors.joining("&"));
    byte[] sign = hmac(APP_SECRET.getBytes(UTF_8), method + "\n" + path + "\n" + canonical);
    parameters.put("sign", Base64.getEncoder().encodeToString(sign));
    return parameters;
  }

  static byte[] hmac(byte[] key, String text) throws Exception {
    Mac hmac = Mac.getInstance("HmacSHA256");
    hmac.init(new SecretKeySpec(key, "HmacSHA256"));
    return hmac.doFinal(text.getBytes(UTF_8));
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

  // A JSON library reads and writes as well.
  static String fieldIn(String json, String name) {
    var found = Pattern.compile("\"" + name + "\":\"([^\"]+)\"").matcher(json);
    return found.find() ? found.group(1) : null;
  }

  static String jsonOf(Object value) {
    if (value instanceof Map) {
      return ((Map<?, ?>) value).entrySet().stream()
          .map(each -> quoted((String) each.getKey()) + ":" + jsonOf(each.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    if (value instanceof List) return ((List<?>) value).stream().map(Encrypted::jsonOf).collect(Collectors.joining(",", "[", "]"));
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
