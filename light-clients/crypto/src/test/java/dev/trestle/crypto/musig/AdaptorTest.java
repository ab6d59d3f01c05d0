package dev.trestle.crypto.musig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Signatures that lack a point's logarithm: vectors, and sessions from end to end. */
class AdaptorTest {
  private static JsonNode file(String name) {
    try (InputStream in =
        Objects.requireNonNull(AdaptorTest.class.getResourceAsStream("/vectors/adaptor/" + name))) {
      return new JsonMapper().readTree(in.readAllBytes());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Bytes hex(JsonNode node, String field) {
    return Bytes.fromHex(node.get(field).stringValue());
  }

  private static List<Bytes> list(JsonNode node, String field) {
    List<Bytes> all = new ArrayList<>();
    for (String each : node.get(field).stringValue().split(",", -1)) {
      all.add(Bytes.fromHex(each));
    }
    return all;
  }

  @Test
  void sessionsOfTheVectors() {
    JsonNode file = file("musig2-adaptor-vectors.json");
    assertThat(file).hasSize(8);
    int negative = 0;
    for (JsonNode each : file) {
      List<PublicKey> signers =
          List.of(
              SecretKey.of(hex(each, "x1")).publicKey(), SecretKey.of(hex(each, "x2")).publicKey());
      KeyAggregate keys = KeyAggregate.of(signers).orThrow();
      assertThat(keys.xOnly().bytes()).isEqualTo(hex(each, "agg_xonly"));
      List<PublicNonce> nonces =
          list(each, "pubnonces").stream().map(n -> PublicNonce.parse(n).orThrow()).toList();
      PublicKey point = new PublicKey(hex(each, "T"));
      AggregateNonce sum = AggregateNonce.of(nonces);
      assertThat(sum.plus(point).bytes()).isEqualTo(hex(each, "aggnonce_plus_T"));
      AdaptorSession session = AdaptorSession.of(keys, sum, hex(each, "msg"), point);
      List<PartialSignature> shares =
          list(each, "partials").stream().map(s -> PartialSignature.parse(s).orThrow()).toList();
      for (int i = 0; i < 2; i++) {
        assertThat(Musig2.verify(shares.get(i), nonces.get(i), signers.get(i), session.signing()))
            .isTrue();
      }
      PreSignature incomplete = session.aggregate(shares).orThrow();
      assertThat(incomplete.bytes()).isEqualTo(hex(each, "presig"));
      SecretKey logarithm = SecretKey.of(hex(each, "t"));
      SchnorrSignature signature = incomplete.complete(logarithm).orElseThrow();
      assertThat(signature.bytes()).isEqualTo(hex(each, "final_sig"));
      assertThat(incomplete.extract(signature).orElseThrow().exposeForStorage())
          .isEqualTo(hex(each, "t"));
      negative += each.get("s_final = s_pre (sign) t").stringValue().equals("-") ? 1 : 0;
    }
    assertThat(negative).as("both signs are in the vectors").isBetween(1, 7);
  }

  /** The point of a signature that is not yet known: R + e * P of a key and a nonce. */
  @Test
  void pointsOfSignaturesToCome() {
    JsonNode file = file("dlc_schnorr_test.json");
    assertThat(file).hasSize(5);
    for (JsonNode each : file) {
      Hash32 key = new Hash32(hex(each, "pubKey"));
      Hash32 nonce = new Hash32(hex(each, "pubNonce"));
      Hash32 message = new Hash32(hex(each.get("inputs"), "msgHash"));
      SchnorrSignature signature = new SchnorrSignature(hex(each, "signature"));
      assertThat(Secp256k1.instance().verifySchnorr(signature, message, key)).isTrue();
      PublicKey point = new PublicKey(hex(each, "sigPoint"));
      assertThat(Point.times(Scalars.number(new Hash32(signature.bytes().slice(32, 64)))))
          .isEqualTo(Point.of(point))
          .isEqualTo(
              even(nonce)
                  .plus(
                      even(key)
                          .by(
                              Scalars.modN(
                                  Digests.tagged(
                                      "BIP0340/challenge",
                                      nonce.bytes(),
                                      key.bytes(),
                                      message.bytes())))));
    }
  }

  private static Point even(Hash32 x) {
    return Point.of(new PublicKey(Bytes.concat(Bytes.fromHex("02"), x.bytes())));
  }

  @Test
  void onlyTheLogarithmCompletesAndEverySignatureTellsIt() {
    long seed = 0xada_0001L;
    System.out.println("AdaptorTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      SecretKey one = SecretKey.derive(random32(random).bytes(), "one");
      SecretKey other = SecretKey.derive(random32(random).bytes(), "other");
      SecretKey logarithm = SecretKey.derive(random32(random).bytes(), "t");
      Bytes message = random32(random).bytes();
      KeyAggregate keys =
          KeyAggregate.of(List.of(one.publicKey(), other.publicKey()))
              .then(k -> k.tweakedXOnly(random32(random)))
              .orThrow();
      SecretNonce first = nonce(random, one, keys, message);
      SecretNonce second = nonce(random, other, keys, message);
      AggregateNonce sum = AggregateNonce.of(List.of(first.publicNonce(), second.publicNonce()));
      AdaptorSession session = AdaptorSession.of(keys, sum, message, logarithm.publicKey());
      List<PartialSignature> shares =
          List.of(
              Musig2.sign(first, one, session.signing()).orThrow(),
              Musig2.sign(second, other, session.signing()).orThrow());
      PreSignature incomplete = session.aggregate(shares).orThrow();

      SchnorrSignature bare = new SchnorrSignature(incomplete.bytes());
      assertThat(Secp256k1.instance().verifySchnorr(bare, message, keys.xOnly())).isFalse();
      assertThat(Musig2.aggregate(shares, session.signing()).isAccepted()).isFalse();
      assertThat(incomplete.complete(one)).isEmpty();
      assertThat(incomplete.extract(bare)).isEmpty();
      SchnorrSignature signature = incomplete.complete(logarithm).orElseThrow();
      assertThat(Secp256k1.instance().verifySchnorr(signature, message, keys.xOnly())).isTrue();
      assertThat(incomplete.extract(signature).orElseThrow().exposeForStorage())
          .isEqualTo(logarithm.exposeForStorage());

      byte[] flipped = bare.bytes().toArray();
      flipped[random.nextInt(64)] ^= (byte) (1 << random.nextInt(8));
      SchnorrSignature wrong = new SchnorrSignature(Bytes.wrap(flipped));
      assertThat(session.check(wrong).isAccepted()).isFalse();
      assertThat(session.check(bare)).isInstanceOf(Verdict.Accepted.class);
      AdaptorSession elsewhere = AdaptorSession.of(keys, sum, message, one.publicKey());
      assertThat(elsewhere.check(bare).isAccepted()).isFalse();
    }
  }

  private static SecretNonce nonce(Random random, SecretKey key, KeyAggregate keys, Bytes message) {
    return SecretNonce.generate(
        random32(random),
        Optional.of(key),
        key.publicKey(),
        new SecretNonce.Context(
            Optional.of(keys.xOnly()), Optional.of(message), random32(random).bytes()));
  }

  private static Hash32 random32(Random random) {
    byte[] raw = new byte[32];
    random.nextBytes(raw);
    return Hash32.wrap(raw);
  }
}
