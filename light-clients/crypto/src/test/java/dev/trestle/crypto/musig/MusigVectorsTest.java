package dev.trestle.crypto.musig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.crypto.musig.SecretNonce.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** BIP-327's vectors: every valid case gives its bytes, every other one its refusal. */
class MusigVectorsTest {
  private static JsonNode file(String name) {
    try (InputStream in =
        Objects.requireNonNull(
            MusigVectorsTest.class.getResourceAsStream("/vectors/bip327/" + name + ".json"))) {
      return new JsonMapper().readTree(in.readAllBytes());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Bytes hex(JsonNode node) {
    return Bytes.fromHex(node.stringValue());
  }

  private static Optional<Bytes> maybe(JsonNode node) {
    return node.isNull() ? Optional.empty() : Optional.of(hex(node));
  }

  /** The entries of {@code list} that {@code indices} of a case choose. */
  private static List<Bytes> chosen(JsonNode file, String list, JsonNode each, String indices) {
    List<Bytes> all = new ArrayList<>();
    each.path(indices).forEach(index -> all.add(hex(file.get(list).get(index.intValue()))));
    return all;
  }

  private static List<Bytes> keys(JsonNode file, JsonNode each) {
    return chosen(file, "pubkeys", each, "key_indices");
  }

  private static Verdict<KeyAggregate> tweaked(
      Verdict<KeyAggregate> keys, List<Bytes> tweaks, JsonNode each) {
    Verdict<KeyAggregate> result = keys;
    for (int i = 0; i < tweaks.size(); i++) {
      Hash32 tweak = new Hash32(tweaks.get(i));
      boolean xOnly = each.get("is_xonly").get(i).booleanValue();
      result = result.then(k -> xOnly ? k.tweakedXOnly(tweak) : k.tweakedPlain(tweak));
    }
    return result;
  }

  private static Verdict<List<PublicNonce>> nonces(List<Bytes> encoded) {
    List<PublicNonce> all = new ArrayList<>();
    for (Bytes each : encoded) {
      switch (PublicNonce.parse(each)) {
        case Verdict.Accepted<PublicNonce>(PublicNonce nonce) -> all.add(nonce);
        case Verdict.Rejected<PublicNonce>(ReasonCode reason, String detail) -> {
          return Verdict.reject(reason, "signer " + all.size());
        }
        case Verdict.Ignored<PublicNonce> unexpected -> throw new AssertionError(unexpected);
        case Verdict.Later<PublicNonce> unexpected -> throw new AssertionError(unexpected);
      }
    }
    return Verdict.accept(all);
  }

  /** The refusal is the one that the vector names, of the signer that it names. */
  private static void refused(Verdict<?> verdict, JsonNode each) {
    JsonNode error = each.get("error");
    String comment = each.path("comment").stringValue();
    MusigCode code =
        switch (error.get("type").stringValue()) {
          case "invalid_contribution" ->
              switch (error.get("contrib").stringValue()) {
                case "pubkey" -> MusigCode.INVALID_PUBLIC_KEY;
                case "pubnonce", "aggothernonce" -> MusigCode.INVALID_PUBLIC_NONCE;
                case "aggnonce" -> MusigCode.INVALID_AGGREGATE_NONCE;
                case "psig" -> MusigCode.INVALID_PARTIAL_SIGNATURE;
                default -> throw new AssertionError(error);
              };
          case "value" ->
              switch (error.get("message").stringValue()) {
                case "The tweak must be less than n." -> MusigCode.TWEAK_OUT_OF_RANGE;
                case "The result of tweaking cannot be infinity." -> MusigCode.INFINITE_KEY;
                case "The signer's pubkey must be included in the list of pubkeys." ->
                    MusigCode.NOT_A_SIGNER;
                default -> throw new AssertionError(error);
              };
          default -> throw new AssertionError(error);
        };
    assertThat(verdict)
        .as(comment)
        .isInstanceOfSatisfying(
            Verdict.Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(code);
              if (error.path("signer").isNumber()) {
                assertThat(rejected.detail()).isEqualTo("signer " + error.get("signer").intValue());
              }
            });
  }

  @Test
  void keySort() {
    JsonNode file = file("key_sort_vectors");
    List<PublicKey> given = new ArrayList<>();
    file.get("pubkeys").forEach(each -> given.add(new PublicKey(hex(each))));
    List<PublicKey> sorted = new ArrayList<>();
    file.get("sorted_pubkeys").forEach(each -> sorted.add(new PublicKey(hex(each))));
    assertThat(KeyAggregate.sorted(given)).isEqualTo(sorted);
  }

  @Test
  void keyAgg() {
    JsonNode file = file("key_agg_vectors");
    for (JsonNode each : file.get("valid_test_cases")) {
      assertThat(KeyAggregate.parse(keys(file, each)).orThrow().xOnly().bytes())
          .isEqualTo(hex(each.get("expected")));
    }
    assertThat(file.get("error_test_cases")).hasSize(5);
    for (JsonNode each : file.get("error_test_cases")) {
      List<Bytes> tweaks = chosen(file, "tweaks", each, "tweak_indices");
      refused(tweaked(KeyAggregate.parse(keys(file, each)), tweaks, each), each);
    }
  }

  @Test
  void nonceGen() {
    for (JsonNode each : file("nonce_gen_vectors").get("test_cases")) {
      Context context =
          new Context(
              maybe(each.get("aggpk")).map(Hash32::new),
              maybe(each.get("msg")),
              maybe(each.get("extra_in")).orElse(Bytes.EMPTY));
      PublicKey signer = new PublicKey(hex(each.get("pk")));
      SecretNonce nonce =
          SecretNonce.generate(
              new Hash32(hex(each.get("rand_"))),
              maybe(each.get("sk")).map(SecretKey::of),
              signer,
              context);
      assertThat(nonce.publicNonce().bytes()).isEqualTo(hex(each.get("expected_pubnonce")));
      try (SecretNonce.Pair scalars = nonce.take()) {
        assertThat(
                Bytes.concat(
                    scalars.first().exposeForStorage(),
                    scalars.second().exposeForStorage(),
                    signer.compressed()))
            .isEqualTo(hex(each.get("expected_secnonce")));
      }
    }
  }

  @Test
  void nonceAgg() {
    JsonNode file = file("nonce_agg_vectors");
    for (JsonNode each : file.get("valid_test_cases")) {
      List<PublicNonce> nonces = nonces(chosen(file, "pnonces", each, "pnonce_indices")).orThrow();
      AggregateNonce sum = AggregateNonce.of(nonces);
      assertThat(sum.bytes()).isEqualTo(hex(each.get("expected")));
      assertThat(AggregateNonce.parse(sum.bytes()).orThrow().bytes()).isEqualTo(sum.bytes());
    }
    assertThat(file.get("error_test_cases")).hasSize(3);
    for (JsonNode each : file.get("error_test_cases")) {
      refused(nonces(chosen(file, "pnonces", each, "pnonce_indices")), each);
    }
  }

  /** A nonce of the file; they are given as 97 bytes. */
  private static SecretNonce secretNonce(JsonNode node) {
    Bytes all = hex(node);
    return new SecretNonce(
        SecretKey.of(all.slice(0, 32)),
        SecretKey.of(all.slice(32, 64)),
        new PublicKey(all.slice(64, 97)));
  }

  @Test
  void signAndVerify() {
    JsonNode file = file("sign_verify_vectors");
    SecretKey key = SecretKey.of(hex(file.get("sk")));
    for (JsonNode each : file.get("valid_test_cases")) {
      Bytes message = hex(file.get("msgs").get(each.get("msg_index").intValue()));
      List<PublicNonce> nonces = nonces(chosen(file, "pnonces", each, "nonce_indices")).orThrow();
      Bytes aggregate = hex(file.get("aggnonces").get(each.get("aggnonce_index").intValue()));
      assertThat(AggregateNonce.of(nonces).bytes()).isEqualTo(aggregate);
      KeyAggregate keys = KeyAggregate.parse(keys(file, each)).orThrow();
      SigningSession session =
          SigningSession.of(keys, AggregateNonce.parse(aggregate).orThrow(), message);
      PartialSignature share =
          Musig2.sign(secretNonce(file.get("secnonces").get(0)), key, session).orThrow();
      assertThat(share.scalar().bytes()).isEqualTo(hex(each.get("expected")));
      PublicNonce own = nonces.get(each.get("signer_index").intValue());
      assertThat(Musig2.verify(share, own, key.publicKey(), session)).isTrue();
    }
    verifyFailures(file);
    signErrors(file, key);
  }

  private static void verifyFailures(JsonNode file) {
    Bytes message = hex(file.get("msgs").get(0));
    for (JsonNode each : file.get("verify_fail_test_cases")) {
      List<PublicNonce> nonces = nonces(chosen(file, "pnonces", each, "nonce_indices")).orThrow();
      KeyAggregate keys = KeyAggregate.parse(keys(file, each)).orThrow();
      SigningSession session = Musig2.sessionOf(nonces, keys, message);
      int signer = each.get("signer_index").intValue();
      boolean verified =
          PartialSignature.parse(hex(each.get("sig")))
                  instanceof Verdict.Accepted<PartialSignature>(PartialSignature share)
              && Musig2.verify(share, nonces.get(signer), keys.keys().get(signer), session);
      assertThat(verified).as(each.get("comment").stringValue()).isFalse();
    }
    assertThat(file.get("verify_error_test_cases")).hasSize(2);
    for (JsonNode each : file.get("verify_error_test_cases")) {
      boolean nonce = each.get("error").get("contrib").stringValue().equals("pubnonce");
      refused(
          nonce
              ? nonces(chosen(file, "pnonces", each, "nonce_indices"))
              : KeyAggregate.parse(keys(file, each)),
          each);
    }
  }

  private static void signErrors(JsonNode file, SecretKey key) {
    Bytes message = hex(file.get("msgs").get(0));
    assertThat(file.get("sign_error_test_cases")).hasSize(6);
    for (JsonNode each : file.get("sign_error_test_cases")) {
      JsonNode encoded = file.get("secnonces").get(each.get("secnonce_index").intValue());
      if (each.get("error").path("message").stringValue("").startsWith("first secnonce")) {
        Assertions.assertThatThrownBy(() -> secretNonce(encoded))
            .as("a used nonce is zeros, and zeros make no nonce")
            .isInstanceOf(IllegalArgumentException.class);
        continue;
      }
      Bytes aggregate = hex(file.get("aggnonces").get(each.get("aggnonce_index").intValue()));
      Verdict<PartialSignature> result =
          KeyAggregate.parse(keys(file, each))
              .then(
                  keys ->
                      AggregateNonce.parse(aggregate)
                          .then(
                              nonce ->
                                  Musig2.sign(
                                      secretNonce(encoded),
                                      key,
                                      SigningSession.of(keys, nonce, message))));
      refused(result, each);
    }
  }

  @Test
  void tweaks() {
    JsonNode file = file("tweak_vectors");
    SecretKey key = SecretKey.of(hex(file.get("sk")));
    Bytes message = hex(file.get("msg"));
    AggregateNonce nonce = AggregateNonce.parse(hex(file.get("aggnonce"))).orThrow();
    for (JsonNode each : file.get("valid_test_cases")) {
      KeyAggregate keys =
          tweaked(
                  KeyAggregate.parse(keys(file, each)),
                  chosen(file, "tweaks", each, "tweak_indices"),
                  each)
              .orThrow();
      SigningSession session = SigningSession.of(keys, nonce, message);
      PartialSignature share =
          Musig2.sign(secretNonce(file.get("secnonce")), key, session).orThrow();
      assertThat(share.scalar().bytes()).isEqualTo(hex(each.get("expected")));
    }
    for (JsonNode each : file.get("error_test_cases")) {
      refused(
          tweaked(
              KeyAggregate.parse(keys(file, each)),
              chosen(file, "tweaks", each, "tweak_indices"),
              each),
          each);
    }
  }

  private static Verdict<List<PartialSignature>> shares(List<Bytes> encoded) {
    List<PartialSignature> all = new ArrayList<>();
    for (Bytes each : encoded) {
      if (!(PartialSignature.parse(each)
          instanceof Verdict.Accepted<PartialSignature>(PartialSignature share))) {
        return Verdict.reject(MusigCode.INVALID_PARTIAL_SIGNATURE, "signer " + all.size());
      }
      all.add(share);
    }
    return Verdict.accept(all);
  }

  @Test
  void signatureAggregation() {
    JsonNode file = file("sig_agg_vectors");
    Bytes message = hex(file.get("msg"));
    for (JsonNode each : file.get("valid_test_cases")) {
      KeyAggregate keys =
          tweaked(
                  KeyAggregate.parse(keys(file, each)),
                  chosen(file, "tweaks", each, "tweak_indices"),
                  each)
              .orThrow();
      List<PublicNonce> nonces = nonces(chosen(file, "pnonces", each, "nonce_indices")).orThrow();
      assertThat(AggregateNonce.of(nonces).bytes()).isEqualTo(hex(each.get("aggnonce")));
      SigningSession session = Musig2.sessionOf(nonces, keys, message);
      List<PartialSignature> shares = shares(chosen(file, "psigs", each, "psig_indices")).orThrow();
      for (int i = 0; i < shares.size(); i++) {
        assertThat(Musig2.verify(shares.get(i), nonces.get(i), keys.keys().get(i), session))
            .isTrue();
      }
      var signature = Musig2.aggregate(shares, session).orThrow();
      assertThat(signature.bytes()).isEqualTo(hex(each.get("expected")));
      assertThat(Secp256k1.instance().verifySchnorr(signature, message, keys.xOnly())).isTrue();
    }
    assertThat(file.get("error_test_cases")).hasSize(1);
    for (JsonNode each : file.get("error_test_cases")) {
      refused(shares(chosen(file, "psigs", each, "psig_indices")), each);
    }
  }

  private static Verdict<Musig2.Reply> signLast(JsonNode file, JsonNode each) {
    List<Bytes> tweaks = new ArrayList<>();
    each.get("tweaks").forEach(tweak -> tweaks.add(hex(tweak)));
    Bytes message = hex(file.get("msgs").get(each.get("msg_index").intValue()));
    return tweaked(KeyAggregate.parse(keys(file, each)), tweaks, each)
        .then(
            keys ->
                PublicNonce.parse(hex(each.get("aggothernonce")))
                    .then(
                        others ->
                            Musig2.signLast(
                                SecretKey.of(hex(file.get("sk"))),
                                others,
                                keys,
                                message,
                                maybe(each.get("rand")).map(Hash32::new))));
  }

  @Test
  void deterministicSigning() {
    JsonNode file = file("det_sign_vectors");
    for (JsonNode each : file.get("valid_test_cases")) {
      Musig2.Reply reply = signLast(file, each).orThrow();
      assertThat(reply.nonce().bytes()).isEqualTo(hex(each.get("expected").get(0)));
      assertThat(reply.share().scalar().bytes()).isEqualTo(hex(each.get("expected").get(1)));
    }
    assertThat(file.get("error_test_cases")).hasSize(5);
    for (JsonNode each : file.get("error_test_cases")) {
      refused(signLast(file, each), each);
    }
  }
}
