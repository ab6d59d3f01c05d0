package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON-RPC of one Bitcoin Core compatible node. Numbers with a point are read as exact decimals. An
 * error that the node reports is a value ({@link RpcReply.Failure}); a failed future is an {@link
 * AdapterException}: UNREACHABLE when there is no usable answer, BAD_CONFIG when the node refuses
 * the credentials.
 */
final class BitcoinRpc {
  /** Largest answer in bytes; a full block in JSON is about 10 MB. */
  static final int MAX_ANSWER_BYTES = 64 * 1024 * 1024;

  /** Most calls in one request. */
  static final int MAX_BATCH = 200;

  /** Longest part of a node's error message that is passed on, characters. */
  private static final int MAX_MESSAGE = 300;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxStringLength(MAX_ANSWER_BYTES)
                          .maxNestingDepth(64)
                          .maxNumberLength(100)
                          .build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final int SATOSHI_DIGITS = 8;

  private final HttpClient http;
  private final RequestOptions target;
  private final Optional<String> authorization;
  private final String label;
  private final Duration timeout;

  /**
   * @param endpoint {@code http(s)://user:password@host:port/}; user and password percent-encoded
   * @param timeout of a whole call
   */
  BitcoinRpc(HttpClient http, URI endpoint, Duration timeout) {
    this.http = http;
    this.timeout = timeout;
    boolean tls = isTls(endpoint);
    String path = endpoint.getRawPath();
    int port = endpoint.getPort() >= 0 ? endpoint.getPort() : tls ? 443 : 80;
    this.target =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(endpoint.getHost())
            .setPort(port)
            .setSsl(tls)
            .setURI(path == null || path.isEmpty() ? "/" : path);
    this.authorization = Optional.ofNullable(endpoint.getRawUserInfo()).map(BitcoinRpc::basic);
    this.label = endpoint.getHost() + ":" + port;
  }

  private static boolean isTls(URI endpoint) {
    String scheme = endpoint.getScheme();
    if (endpoint.getHost() == null
        || scheme == null
        || !(scheme.equals("http") || scheme.equals("https"))) {
      throw new AdapterException(
          AdapterError.BAD_CONFIG, "an endpoint is http(s)://user:password@host:port");
    }
    return scheme.equals("https");
  }

  private static String basic(String rawUserInfo) {
    // '+' stands for itself in the user-info part of a URI
    String userInfo = URLDecoder.decode(rawUserInfo.replace("+", "%2B"), StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
  }

  /** Host and port, without credentials. */
  String label() {
    return label;
  }

  /** One call. */
  record Call(String method, List<Object> params) {
    static Call of(String method, Object... params) {
      return new Call(method, List.of(params));
    }
  }

  Future<RpcReply> call(String method, Object... params) {
    return call(timeout, Call.of(method, params));
  }

  /** A call that may take longer than the configured timeout. */
  Future<RpcReply> call(Duration limit, Call call) {
    return post(JSON.writeValueAsString(request(0, call)), limit)
        .map(body -> reply(parse(body), 0));
  }

  /** Calls in one request; the answers are in the order of the calls. */
  Future<List<RpcReply>> batch(List<Call> calls) {
    if (calls.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    if (calls.size() > MAX_BATCH) {
      throw new IllegalArgumentException("at most " + MAX_BATCH + " calls a batch");
    }
    ArrayNode batch = JSON.createArrayNode();
    for (int i = 0; i < calls.size(); i++) {
      batch.add(request(i, calls.get(i)));
    }
    return post(JSON.writeValueAsString(batch), timeout)
        .map(body -> replies(parse(body), calls.size()));
  }

  /** Coins as the node writes them (a decimal with up to 8 digits behind the point), in satoshi. */
  static long satoshi(JsonNode coins) {
    if (!coins.isNumber()) {
      throw malformed("an amount is a number");
    }
    try {
      return coins.decimalValue().movePointRight(SATOSHI_DIGITS).longValueExact();
    } catch (ArithmeticException e) {
      throw malformed("not a whole number of satoshi: " + coins);
    }
  }

  /** Satoshi as the decimal that nodes and payment URIs take. */
  static String coins(long satoshi) {
    return BigDecimal.valueOf(satoshi, SATOSHI_DIGITS).stripTrailingZeros().toPlainString();
  }

  static String text(JsonNode object, String field) {
    JsonNode value = object.get(field);
    if (value == null || !value.isString()) {
      throw malformed("no text " + field);
    }
    return value.stringValue();
  }

  static String text(JsonNode value) {
    if (!value.isString()) {
      throw malformed("a text was expected");
    }
    return value.stringValue();
  }

  static long integer(JsonNode object, String field) {
    JsonNode value = object.get(field);
    if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
      throw malformed("no integer " + field);
    }
    return value.longValue();
  }

  static AdapterException malformed(String what) {
    return new AdapterException(AdapterError.NODE_ERROR, "malformed answer: " + what);
  }

  private ObjectNode request(int id, Call call) {
    ObjectNode request = JSON.createObjectNode();
    request.put("jsonrpc", "1.0").put("id", id).put("method", call.method());
    request.set("params", JSON.valueToTree(call.params()));
    return request;
  }

  private Future<Buffer> post(String body, Duration limit) {
    Promise<Buffer> answer = Promise.promise();
    http.request(new RequestOptions(target).setConnectTimeout(limit.toMillis()))
        .onFailure(answer::tryFail)
        .onSuccess(request -> exchange(request, body, answer));
    return answer
        .future()
        .timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .recover(failure -> Future.failedFuture(unreachable(failure)));
  }

  private void exchange(HttpClientRequest request, String body, Promise<Buffer> answer) {
    authorization.ifPresent(value -> request.putHeader("Authorization", value));
    request.putHeader("Content-Type", "application/json");
    // whatever ends the exchange early (the timeout, too) must free the connection
    answer.future().onFailure(failure -> request.reset());
    request
        .send(Buffer.buffer(body))
        .onFailure(answer::tryFail)
        .onSuccess(response -> collect(response, answer));
  }

  private void collect(HttpClientResponse response, Promise<Buffer> answer) {
    response.exceptionHandler(answer::tryFail); // also of the reset that follows a failure
    int status = response.statusCode();
    if (status == 401 || status == 403) {
      answer.tryFail(
          new AdapterException(AdapterError.BAD_CONFIG, label + " refuses the credentials"));
      return;
    }
    Buffer collected = Buffer.buffer();
    response.handler(
        part -> {
          if (collected.length() + part.length() > MAX_ANSWER_BYTES) {
            answer.tryFail(malformed("more than " + MAX_ANSWER_BYTES + " bytes"));
          } else {
            collected.appendBuffer(part);
          }
        });
    response.endHandler(done -> answer.tryComplete(collected));
  }

  private AdapterException unreachable(Throwable failure) {
    return failure instanceof AdapterException known
        ? known
        : new AdapterException(
            AdapterError.UNREACHABLE, label + ": " + failure.getMessage(), failure);
  }

  private JsonNode parse(Buffer body) {
    try {
      return JSON.readTree(body.getBytes());
    } catch (JacksonException e) {
      // for example the plain text of "work queue depth exceeded"
      throw new AdapterException(AdapterError.UNREACHABLE, label + " does not answer in JSON", e);
    }
  }

  private static List<RpcReply> replies(JsonNode array, int count) {
    if (!array.isArray() || array.size() != count) {
      throw malformed("a batch is answered by as many replies");
    }
    List<RpcReply> inOrder = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      inOrder.add(reply(array.get(i), i));
    }
    return inOrder;
  }

  private static RpcReply reply(JsonNode envelope, int id) {
    if (!envelope.isObject() || integer(envelope, "id") != id) {
      throw malformed("not a reply to this call");
    }
    JsonNode error = envelope.get("error");
    if (error != null && !error.isNull()) {
      JsonNode text = error.get("message");
      String message = text != null && text.isString() ? text.stringValue() : "";
      return new RpcReply.Failure(
          Math.toIntExact(integer(error, "code")),
          message.substring(0, Math.min(message.length(), MAX_MESSAGE)));
    }
    JsonNode result = envelope.get("result");
    if (result == null) {
      throw malformed("neither result nor error");
    }
    return new RpcReply.Result(result);
  }
}
