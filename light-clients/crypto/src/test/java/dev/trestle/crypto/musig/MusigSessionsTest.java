package dev.trestle.crypto.musig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.SecretKey;
import dev.trestle.crypto.musig.SecretNonce.Context;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whole sessions, against libsecp256k1's own MuSig2 step by step, and with cheaters. */
class MusigSessionsTest {
  private static final fr.acinq.secp256k1.Secp256k1 NATIVE = fr.acinq.secp256k1.Secp256k1.get();

  private static Hash32 random32(Random random) {
    byte[] raw = new byte[32];
    random.nextBytes(raw);
    return Hash32.wrap(raw);
  }

  private static void rejected(MusigCode why, Verdict<?> verdict) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, refusal -> assertThat(refusal.reason()).isEqualTo(why));
  }

  @Test
  void everyStepIsTheOneOfLibsecp256k1() {
    long seed = 0x327_0001L;
    System.out.println("MusigSessionsTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      int signers = 1 + random.nextInt(4);
      List<SecretKey> secrets = new ArrayList<>();
      for (int i = 0; i < signers; i++) {
        secrets.add(SecretKey.derive(random32(random).bytes(), "musig"));
      }
      if (signers > 2 && random.nextBoolean()) {
        secrets.set(1, secrets.getFirst()); // one key twice is allowed
      }
      compare(random, secrets);
    }
  }

  private static byte[] raw(PublicKey key) {
    return key.compressed().toArray();
  }

  private static void compare(Random random, List<SecretKey> secrets) {
    KeyAggregate keys =
        KeyAggregate.of(secrets.stream().map(SecretKey::publicKey).toList()).orThrow();
    byte[] cache = new byte[fr.acinq.secp256k1.Secp256k1.MUSIG2_PUBLIC_KEYAGG_CACHE_SIZE];
    byte[][] encoded = keys.keys().stream().map(MusigSessionsTest::raw).toArray(byte[][]::new);
    assertThat(NATIVE.musigPubkeyAgg(encoded, cache)).isEqualTo(keys.xOnly().toArray());
    int tweaks = random.nextInt(4);
    for (int i = 0; i < tweaks; i++) {
      Hash32 tweak = random32(random);
      boolean xOnly = random.nextBoolean();
      keys = (xOnly ? keys.tweakedXOnly(tweak) : keys.tweakedPlain(tweak)).orThrow();
      assertThat(
              xOnly
                  ? NATIVE.musigPubkeyXonlyTweakAdd(cache, tweak.toArray())
                  : NATIVE.musigPubkeyTweakAdd(cache, tweak.toArray()))
          .isEqualTo(uncompressed(keys.key()));
    }
    Hash32 message = random32(random);
    List<SecretNonce> nonces = new ArrayList<>();
    List<byte[]> theirs = new ArrayList<>();
    for (SecretKey secret : secrets) {
      Hash32 drawn = random32(random);
      Bytes extra = random32(random).bytes();
      nonces.add(
          SecretNonce.generate(
              drawn,
              Optional.of(secret),
              secret.publicKey(),
              new Context(Optional.of(keys.xOnly()), Optional.of(message.bytes()), extra)));
      theirs.add(
          NATIVE.musigNonceGen(
              drawn.toArray(),
              secret.exposeForStorage().toArray(),
              raw(secret.publicKey()),
              message.toArray(),
              cache,
              extra.toArray()));
    }
    int secretSize = fr.acinq.secp256k1.Secp256k1.MUSIG2_SECRET_NONCE_SIZE;
    byte[][] publicNonces = new byte[nonces.size()][];
    for (int i = 0; i < nonces.size(); i++) {
      publicNonces[i] = nonces.get(i).publicNonce().bytes().toArray();
      byte[] both = theirs.get(i);
      assertThat(Arrays.copyOfRange(both, secretSize, both.length)).isEqualTo(publicNonces[i]);
    }
    AggregateNonce sum = AggregateNonce.of(nonces.stream().map(SecretNonce::publicNonce).toList());
    byte[] theirSum = NATIVE.musigNonceAgg(publicNonces);
    assertThat(sum.bytes().toArray()).isEqualTo(theirSum);
    byte[] theirSession = NATIVE.musigNonceProcess(theirSum, message.toArray(), cache);
    SigningSession session = SigningSession.of(keys, sum, message.bytes());
    List<PartialSignature> shares = new ArrayList<>();
    byte[][] theirShares = new byte[nonces.size()][];
    for (int i = 0; i < nonces.size(); i++) {
      PartialSignature share = Musig2.sign(nonces.get(i), secrets.get(i), session).orThrow();
      shares.add(share);
      theirShares[i] =
          NATIVE.musigPartialSign(
              Arrays.copyOf(theirs.get(i), secretSize),
              secrets.get(i).exposeForStorage().toArray(),
              cache,
              theirSession);
      assertThat(share.scalar().toArray()).isEqualTo(theirShares[i]);
      assertThat(
              NATIVE.musigPartialSigVerify(
                  theirShares[i],
                  publicNonces[i],
                  raw(secrets.get(i).publicKey()),
                  cache,
                  theirSession))
          .isEqualTo(1);
    }
    SchnorrSignature signature = Musig2.aggregate(shares, session).orThrow();
    assertThat(signature.bytes().toArray())
        .isEqualTo(NATIVE.musigPartialSigAgg(theirSession, theirShares));
  }

  private static byte[] uncompressed(PublicKey key) {
    return dev.trestle.crypto.Secp256k1.instance().uncompress(key).toArray();
  }

  private static final SecretKey ALICE = SecretKey.derive(Bytes.utf8("musig"), "alice");
  private static final SecretKey BOB = SecretKey.derive(Bytes.utf8("musig"), "bob");
  private static final KeyAggregate KEYS =
      KeyAggregate.of(List.of(ALICE.publicKey(), BOB.publicKey())).orThrow();
  private static final Bytes MESSAGE = Bytes.utf8("a message of another length than 32 bytes");

  /** Repeatable: seeded before it is asked for anything. */
  private static SecureRandom seeded(String seed) {
    try {
      SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
      random.setSeed(Bytes.utf8(seed).toArray());
      return random;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aNonceSignsOnce() {
    SecretNonce nonce = SecretNonce.generate(seeded("once"), ALICE, KEYS, MESSAGE);
    SecretNonce other = SecretNonce.generate(seeded("other"), BOB, KEYS, MESSAGE);
    List<PublicNonce> both = List.of(nonce.publicNonce(), other.publicNonce());
    SigningSession session = Musig2.sessionOf(both, KEYS, MESSAGE);
    SigningSession another = Musig2.sessionOf(both, KEYS, Bytes.utf8("another message"));
    assertThat(Musig2.sign(nonce, ALICE, session).isAccepted()).isTrue();
    assertThatThrownBy(() -> Musig2.sign(nonce, ALICE, another))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("used");
    assertThatThrownBy(() -> Musig2.sign(nonce, ALICE, session))
        .isInstanceOf(IllegalStateException.class);
    // a refusal uses it up, too
    rejected(MusigCode.NOT_A_SIGNER, Musig2.sign(other, ALICE, session));
    assertThatThrownBy(() -> Musig2.sign(other, BOB, session))
        .isInstanceOf(IllegalStateException.class);
    SecretNonce closed = SecretNonce.generate(seeded("closed"), ALICE, KEYS, MESSAGE);
    closed.close();
    assertThatThrownBy(() -> Musig2.sign(closed, ALICE, session))
        .isInstanceOf(IllegalStateException.class);
    assertThat(nonce).hasToString("SecretNonce(hidden)");
  }

  /** A random source that repeats itself, as after a restored snapshot, gives another nonce. */
  @Test
  void theMessageAndTheKeysGoIntoTheNonce() {
    PublicNonce first = SecretNonce.generate(seeded("same"), ALICE, KEYS, MESSAGE).publicNonce();
    assertThat(SecretNonce.generate(seeded("same"), ALICE, KEYS, MESSAGE).publicNonce())
        .isEqualTo(first);
    assertThat(SecretNonce.generate(seeded("same"), ALICE, KEYS, Bytes.utf8("x")).publicNonce())
        .isNotEqualTo(first);
    KeyAggregate tweaked = KEYS.tweakedXOnly(Hash32.ZERO).orThrow();
    assertThat(tweaked.xOnly()).isEqualTo(KEYS.xOnly());
    KeyAggregate moved = KEYS.tweakedXOnly(ALICE.publicKey().xOnly()).orThrow();
    assertThat(SecretNonce.generate(seeded("same"), ALICE, moved, MESSAGE).publicNonce())
        .isNotEqualTo(first);
  }

  @Test
  void aWrongShareIsFoundAndSpoilsTheSum() {
    SecretNonce alice = SecretNonce.generate(seeded("a"), ALICE, KEYS, MESSAGE);
    Musig2.Reply bob =
        Musig2.signLast(BOB, alice.publicNonce(), KEYS, MESSAGE, Optional.empty()).orThrow();
    SigningSession session =
        Musig2.sessionOf(List.of(alice.publicNonce(), bob.nonce()), KEYS, MESSAGE);
    PublicNonce aliceNonce = alice.publicNonce();
    PartialSignature own = Musig2.sign(alice, ALICE, session).orThrow();
    assertThat(Musig2.verify(bob.share(), bob.nonce(), BOB.publicKey(), session)).isTrue();
    assertThat(Musig2.aggregate(List.of(own, bob.share()), session).isAccepted()).isTrue();

    byte[] flipped = bob.share().scalar().toArray();
    flipped[31] ^= 1;
    PartialSignature wrong = PartialSignature.parse(Bytes.wrap(flipped)).orThrow();
    assertThat(Musig2.verify(wrong, bob.nonce(), BOB.publicKey(), session)).isFalse();
    assertThat(Musig2.verify(bob.share(), aliceNonce, BOB.publicKey(), session)).isFalse();
    assertThat(Musig2.verify(bob.share(), bob.nonce(), ALICE.publicKey(), session)).isFalse();
    PublicKey stranger = SecretKey.derive(Bytes.utf8("x"), "stranger").publicKey();
    assertThat(Musig2.verify(bob.share(), bob.nonce(), stranger, session)).isFalse();
    rejected(MusigCode.WRONG_SIGNATURE, Musig2.aggregate(List.of(own, wrong), session));
    rejected(MusigCode.WRONG_COUNT, Musig2.aggregate(List.of(own), session));
    rejected(MusigCode.WRONG_COUNT, KeyAggregate.of(List.of()));
  }

  /** The stateless signer answers two questions with two nonces, whatever the asker repeats. */
  @Test
  void whoSignsLastNeverRepeatsANonce() {
    PublicNonce asked = SecretNonce.generate(seeded("a"), ALICE, KEYS, MESSAGE).publicNonce();
    PublicNonce other = SecretNonce.generate(seeded("b"), ALICE, KEYS, MESSAGE).publicNonce();
    Musig2.Reply first = Musig2.signLast(BOB, asked, KEYS, MESSAGE, Optional.empty()).orThrow();
    assertThat(Musig2.signLast(BOB, asked, KEYS, MESSAGE, Optional.empty()).orThrow())
        .isEqualTo(first);
    KeyAggregate moved = KEYS.tweakedPlain(ALICE.publicKey().xOnly()).orThrow();
    assertThat(
            List.of(
                Musig2.signLast(BOB, other, KEYS, MESSAGE, Optional.empty()).orThrow().nonce(),
                Musig2.signLast(BOB, asked, moved, MESSAGE, Optional.empty()).orThrow().nonce(),
                Musig2.signLast(BOB, asked, KEYS, Bytes.EMPTY, Optional.empty()).orThrow().nonce(),
                Musig2.signLast(BOB, asked, KEYS, MESSAGE, Optional.of(Hash32.ZERO))
                    .orThrow()
                    .nonce(),
                first.nonce()))
        .doesNotHaveDuplicates();
  }
}
