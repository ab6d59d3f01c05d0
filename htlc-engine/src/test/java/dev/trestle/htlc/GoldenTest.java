package dev.trestle.htlc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.sim.SimChain.Flavor;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The bytes that other programs and later versions must agree on. */
class GoldenTest {
  private static final World WORLD = new World(Flavor.UTXO, Flavor.ACCOUNT);
  private static final SwapTerms TERMS = WORLD.terms(List.of(1_800_100_000L, 1_800_050_000L));

  static String golden(String name) {
    try (InputStream in = GoldenTest.class.getResourceAsStream("/golden/" + name)) {
      assertThat(in).as(name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<JournalRecord> records() {
    Hash32 id = TERMS.swapId();
    Hash32 tx = Digests.sha256(Bytes.utf8("transaction"));
    StepKey key = new StepKey(StepKey.Kind.CLAIM, 1, tx, 7, 2);
    LegMark mark =
        new LegMark(2, LegMark.Phase.FINAL, tx, LegMark.Phase.MEMPOOL, true, TERMS.hash());
    return List.of(
        new JournalRecord.Reserved(11, 5),
        new JournalRecord.Created(
            id, 12, Role.INITIATOR, TERMS, Optional.of(5L), World.POLICY, WORLD.timings()),
        new JournalRecord.Signed(id, 13, key, tx, Bytes.fromHex("c0ffee"), Amount.of(9)),
        new JournalRecord.Sent(id, 14, key),
        new JournalRecord.Observed(id, 15, 1, mark),
        new JournalRecord.SecretLearned(id, 16, 0, WORLD.secret()),
        new JournalRecord.Final(id, 17, SwapStatus.COMPLETED, "paid"));
  }

  @Test
  void swapTerms() {
    assertThat(TERMS.toBytes().toHex()).isEqualTo(golden("swap-terms-v1.hex"));
    assertThat(TERMS.swapId().toHex()).isEqualTo(golden("swap-id-v1.hex"));
    assertThat(TERMS.signingDigest().toHex()).isEqualTo(golden("swap-signing-digest-v1.hex"));
    assertThat(SwapTerms.parse(TERMS.toBytes()).orThrow()).isEqualTo(TERMS);
  }

  @Test
  void journalRecords() {
    String all = String.join("\n", records().stream().map(r -> r.toBytes().toHex()).toList());
    assertThat(all).isEqualTo(golden("swap-journal-v1.hex"));
    for (JournalRecord each : records()) {
      assertThat(JournalRecord.parse(each.toBytes())).isEqualTo(each);
    }
  }

  @Test
  void secretsComeFromTheSeed() {
    assertThat(Secrets.derive(Bytes.utf8("0123456789abcdef"), 1).toHex())
        .isEqualTo(golden("swap-secret-v1.hex"));
  }

  @Test
  void foreignBytesAreRefusedAndNeverThrow() {
    long seed = Long.getLong("seed", 7L);
    Random random = new Random(seed);
    byte[] whole = TERMS.toBytes().toArray();
    for (int i = 0; i < 3_000; i++) {
      byte[] changed = java.util.Arrays.copyOf(whole, random.nextInt(whole.length + 3));
      if (changed.length > 0) {
        changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Verdict<SwapTerms> verdict = SwapTerms.parse(Bytes.of(changed));
      if (verdict instanceof Verdict.Accepted<SwapTerms>(SwapTerms terms)) {
        assertThat(terms.toBytes()).as("seed %d", seed).isEqualTo(Bytes.of(changed));
      }
    }
    byte[] entry = records().get(1).toBytes().toArray();
    for (int size = 0; size < entry.length; size++) {
      Bytes cut = Bytes.of(java.util.Arrays.copyOf(entry, size));
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> JournalRecord.parse(cut))
          .isInstanceOf(DecodeException.class);
    }
  }

  @Test
  void everyFieldIsInTheIdentifier() {
    SwapTerms other =
        new SwapTerms(
            TERMS.hash(), TERMS.legs(), List.of(TERMS.participantKey(), TERMS.initiatorKey()));
    SwapTerms later = WORLD.terms(List.of(1_800_100_001L, 1_800_050_000L));
    assertThat(List.of(TERMS.swapId(), other.swapId(), later.swapId())).doesNotHaveDuplicates();
  }

  @Test
  void signaturesAreOfOneRoleAndOneSwap() {
    var key = Secrets.keyAt(WORLD.alice.seed, "htlc/identity");
    var signature = TERMS.sign(key);
    assertThat(TERMS.isSignedBy(Role.INITIATOR, signature)).isTrue();
    assertThat(TERMS.isSignedBy(Role.PARTICIPANT, signature)).isFalse();
    SwapTerms later = WORLD.terms(List.of(1_800_100_001L, 1_800_050_000L));
    assertThat(later.isSignedBy(Role.INITIATOR, signature)).isFalse();
  }
}
