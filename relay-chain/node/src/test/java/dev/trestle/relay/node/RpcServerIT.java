package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.ledger.record.StateKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RpcServerIT {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir static Path temp;

  /** Set before every test; a field so because the nodes serve all of them. */
  private static Fixture fixture = new Fixture(Optional.empty(), Optional.empty());

  private record Fixture(Optional<DevNet> net, Optional<RelayNode> node) {}

  @BeforeAll
  static void start() throws IOException {
    DevNet net = new DevNet(temp, 4);
    RelayNode node = net.startNew(0);
    for (int i = 1; i < 4; i++) {
      node = net.startNew(i);
    }
    fixture = new Fixture(Optional.of(net), Optional.of(node));
  }

  @AfterAll
  static void stop() {
    fixture.net().ifPresent(DevNet::close);
  }

  private static DevNet net() {
    return fixture.net().orElseThrow();
  }

  private static RelayNode node() {
    return fixture.node().orElseThrow();
  }

  private static HttpResponse<String> post(String type, String body) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(uri("/"))
              .header("content-type", type)
              .POST(BodyPublishers.ofString(body))
              .build(),
          BodyHandlers.ofString());
    }
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:" + node().rpcPort() + path);
  }

  private static JsonNode answer(String body) throws Exception {
    HttpResponse<String> response = post("application/json", body);
    assertThat(response.statusCode()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  private static JsonNode call(String method, String params) throws Exception {
    return answer(
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"%s\",\"params\":%s}".formatted(method, params));
  }

  private static String hex(Bytes bytes) {
    return "\"0x" + bytes.toHex() + "\"";
  }

  @Test
  void sendsATransactionAndReadsWhatBecameOfIt() throws Exception {
    Bytes encoded = net().transaction("rpc", 0).encode();
    JsonNode sent = call("relay_sendTransaction", "[" + hex(encoded) + "]");
    String id = sent.path("result").path("id").asString();
    assertThat(id).isEqualTo("0x" + net().transaction("rpc", 0).id().toHex());
    assertThat(sent.path("id").asInt()).isEqualTo(7);
    Hash32 hash = Hash32.fromHex(id);
    net().until("inclusion", () -> node().transaction(hash).isPresent());
    JsonNode found = call("relay_getTransaction", "{\"id\":\"" + id + "\"}").path("result");
    assertThat(found.path("outcome").asString()).isEqualTo("failed");
    assertThat(found.path("code").asString()).isEqualTo("unknown-chain");
    assertThat(found.path("bytes").asString()).isEqualTo("0x" + encoded.toHex());
    long height = found.path("height").asLong();
    JsonNode block = call("relay_getBlock", "[" + height + "]").path("result");
    RelayHeader header =
        RelayHeader.decode(Bytes.fromHex(block.path("header").asString())).orThrow();
    assertThat("0x" + header.id().toHex()).isEqualTo(block.path("id").asString());
    JsonNode again = call("relay_sendTransaction", "[" + hex(encoded) + "]");
    assertThat(again.path("error").path("data").path("code").asString()).isEqualTo("duplicate");

    Bytes key = StateKeys.nonce(DevNet.key("rpc", 0).publicKey());
    JsonNode proof = call("relay_getProof", "[" + hex(key) + "]").path("result");
    assertThat(proof.path("value").isString()).isTrue();
    assertThat(proof.path("siblings").isArray()).isTrue();
    JsonNode latest = call("relay_getBlock", "[\"latest\"]").path("result");
    assertThat(latest.path("height").asLong()).isGreaterThanOrEqualTo(height);
  }

  @Test
  void saysWhereItStands() throws Exception {
    net().until("peers", () -> net().genesis.validators().size() - 1 == peers());
    JsonNode status = call("relay_status", "[]").path("result");
    assertThat(status.path("chainId").asString()).isEqualTo("0x" + net().genesis.chainId().toHex());
    assertThat(status.path("missing")).isEmpty();
    JsonNode validators = call("relay_getValidators", "[]").path("result");
    assertThat(validators).hasSize(4);
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (String path : new String[] {"/healthz", "/readyz"}) {
        assertThat(
                client
                    .send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString())
                    .statusCode())
            .isEqualTo(200);
      }
    }
  }

  private static int peers() {
    try {
      return call("relay_status", "[]").path("result").path("peers").size();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void refusalsCarryTheirNumberAndCode() throws Exception {
    assertThat(error("{")).isEqualTo(RpcError.PARSE);
    assertThat(error("{\"jsonrpc\":\"2.0\",\"jsonrpc\":\"2.0\"}")).isEqualTo(RpcError.PARSE);
    assertThat(error("{\"method\":\"relay_status\"}")).isEqualTo(RpcError.INVALID_REQUEST);
    assertThat(error("[]")).isEqualTo(RpcError.INVALID_REQUEST);
    assertThat(error("7")).isEqualTo(RpcError.INVALID_REQUEST);
    assertThat(call("relay_nothing", "[]").path("error").path("code").asInt())
        .isEqualTo(RpcError.NO_METHOD);
    assertThat(call("relay_getBlock", "[\"first\"]").path("error").path("code").asInt())
        .isEqualTo(RpcError.INVALID_PARAMS);
    assertThat(call("relay_getProof", "[\"0xzz\"]").path("error").path("code").asInt())
        .isEqualTo(RpcError.INVALID_PARAMS);
    JsonNode missing = call("relay_getBlock", "[123456789]").path("error");
    assertThat(missing.path("code").asInt()).isEqualTo(RpcError.REFUSED);
    assertThat(missing.path("data").path("code").asString()).isEqualTo("not-found");
    JsonNode packet = call("relay_getPacketProof", "[\"0x" + "ab".repeat(32) + "\"]");
    assertThat(packet.path("error").path("data").path("code").asString()).isEqualTo("not-found");
    JsonNode garbage = call("relay_sendTransaction", "[\"0x00\"]").path("error");
    assertThat(garbage.path("data").path("code").asString()).isEqualTo("malformed");
  }

  private static int error(String body) throws Exception {
    return answer(body).path("error").path("code").asInt();
  }

  @Test
  void batchesAndBodiesAreBounded() throws Exception {
    String one = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"relay_getValidators\"}";
    JsonNode answers = answer("[" + (one + ",").repeat(RpcServer.MAX_BATCH - 1) + one + "]");
    assertThat(answers).hasSize(RpcServer.MAX_BATCH);
    assertThat(error("[" + (one + ",").repeat(RpcServer.MAX_BATCH) + one + "]"))
        .isEqualTo(RpcError.INVALID_REQUEST);
    assertThat(post("application/json", " ".repeat(RpcServer.MAX_BODY_BYTES + 1)).statusCode())
        .isEqualTo(413);
    assertThat(post("text/plain", one).statusCode()).isEqualTo(415);
  }

  @Test
  void aRequestThatNamesAnotherHostIsRefused() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node().rpcPort())) {
      socket
          .getOutputStream()
          .write(
              "GET /healthz HTTP/1.1\r\nHost: attacker.example\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      String response =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(response).startsWith("HTTP/1.1 403");
    }
  }
}
