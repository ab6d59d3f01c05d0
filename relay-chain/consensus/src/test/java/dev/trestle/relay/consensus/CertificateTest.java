package dev.trestle.relay.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Certificates, checked as a contract would check them. */
class CertificateTest {
  private static final BigInteger ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

  private final TestKeys keys = new TestKeys(4);
  private final Block block = keys.block(1, "a");
  private final CommitCertificate good = keys.commit(1, 2, block.id(), 0, 1, 3);

  private static void assertRejected(Verdict<?> verdict, ConsensusCode code) {
    assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
    assertThat(((Verdict.Rejected<?>) verdict).reason()).isEqualTo(code);
  }

  private Verdict<CommitCertificate> verify(CommitCertificate certificate) {
    return certificate.verify(keys.validators, TestKeys.CHAIN);
  }

  private CommitCertificate with(SignatureList signatures) {
    return new CommitCertificate(1, 2, block.id(), signatures);
  }

  @Test
  void threeOfFourAreEnoughTwoAreNot() {
    assertThat(verify(good).isAccepted()).isTrue();
    assertThat(good.verifyFor(block.header(), keys.validators).isAccepted()).isTrue();
    assertRejected(verify(keys.commit(1, 2, block.id(), 0, 1)), ConsensusCode.QUORUM_LOW);
  }

  @Test
  void theSameSignatureTwiceIsNotTwoSigners() {
    EcdsaSignature first = good.signatures().signatures().get(0);
    EcdsaSignature second = good.signatures().signatures().get(1);
    assertRejected(
        verify(with(new SignatureList(4, List.of(0, 1, 2), List.of(first, second, second)))),
        ConsensusCode.BAD_SIGNATURE);
    assertThatThrownBy(() -> new SignatureList(4, List.of(0, 1, 1), List.of(first, second, second)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void wrongOrderIsRefused() {
    List<EcdsaSignature> swapped = new ArrayList<>(good.signatures().signatures()).reversed();
    assertRejected(
        verify(with(new SignatureList(4, List.of(0, 1, 3), swapped))), ConsensusCode.BAD_SIGNATURE);
    assertThatThrownBy(() -> new SignatureList(4, List.of(3, 1, 0), swapped))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bitsBeyondTheSetAreMalformed() {
    byte[] encoded = good.encode().toArray();
    assertThat(encoded[48]).isEqualTo((byte) 0b1011);
    encoded[48] = (byte) 0b10011;
    assertRejected(CommitCertificate.decode(Bytes.wrap(encoded)), ConsensusCode.MALFORMED);
  }

  @Test
  void anotherSetSizeIsRefused() {
    SignatureList five =
        new SignatureList(5, good.signatures().signers(), good.signatures().signatures());
    assertRejected(verify(with(five)), ConsensusCode.WRONG_SET_SIZE);
  }

  /** n - s of a low s hardly ever fits beside the parity bit; the few that do are refused. */
  @Test
  void highSIsRefused() {
    byte[] raw = good.signatures().signatures().get(0).rs().toArray();
    byte[] halfOrderPlusOne = ORDER.shiftRight(1).add(BigInteger.ONE).toByteArray();
    System.arraycopy(halfOrderPlusOne, 0, raw, 32, 32);
    for (int parity = 0; parity < 2; parity++) {
      raw[32] = (byte) ((raw[32] & 0x7f) | (parity << 7));
      EcdsaSignature high = new EcdsaSignature(Bytes.of(raw));
      assertThat(Secp256k1.instance().recover(high, TestKeys.id("anything"))).isEmpty();
      List<EcdsaSignature> signatures = new ArrayList<>(good.signatures().signatures());
      signatures.set(0, high);
      assertRejected(
          verify(with(new SignatureList(4, good.signatures().signers(), signatures))),
          ConsensusCode.BAD_SIGNATURE);
    }
  }

  @Test
  void aWrongParityBitIsRefusedBecauseContractsRefuseIt() {
    byte[] flipped = good.signatures().signatures().get(0).bytes().toArray();
    flipped[32] ^= (byte) 0x80;
    List<EcdsaSignature> signatures = new ArrayList<>(good.signatures().signatures());
    signatures.set(0, new EcdsaSignature(Bytes.wrap(flipped)));
    assertRejected(
        verify(with(new SignatureList(4, good.signatures().signers(), signatures))),
        ConsensusCode.BAD_SIGNATURE);
  }

  @Test
  void anotherChainBlockHeightRoundOrStepIsRefused() {
    assertRejected(
        good.verify(keys.validators, TestKeys.id("other chain")), ConsensusCode.BAD_SIGNATURE);
    assertRejected(
        verify(new CommitCertificate(1, 2, TestKeys.id("other"), good.signatures())),
        ConsensusCode.BAD_SIGNATURE);
    assertRejected(
        verify(new CommitCertificate(2, 2, block.id(), good.signatures())),
        ConsensusCode.BAD_SIGNATURE);
    assertRejected(
        verify(new CommitCertificate(1, 3, block.id(), good.signatures())),
        ConsensusCode.BAD_SIGNATURE);
    PreparedCertificate prepared = keys.prepared(1, 2, block.id(), 0, 1, 3);
    assertRejected(
        verify(new CommitCertificate(1, 2, block.id(), prepared.signatures())),
        ConsensusCode.BAD_SIGNATURE);
  }

  @Test
  void isForTheBlockAndTheSetTheHeaderNames() {
    assertRejected(
        good.verifyFor(keys.block(1, "b").header(), keys.validators), ConsensusCode.WRONG_BLOCK);
    assertRejected(
        good.verifyFor(block.header(), new TestKeys(5).validators), ConsensusCode.WRONG_VALIDATORS);
  }

  /** One signature short of {@code 3k > 2n} for every n, and exactly enough. */
  @Test
  void quorumForEverySizeOfSet() {
    Hash32 id = TestKeys.id("block");
    TestKeys all = new TestKeys(100);
    for (int n = 1; n <= 100; n++) {
      ValidatorSet set = new ValidatorSet(all.validators.members().subList(0, n));
      int quorum = set.quorum();
      assertThat(3 * quorum).isGreaterThan(2 * n);
      assertThat(3 * (quorum - 1)).isLessThanOrEqualTo(2 * n);
      assertThat(set.isQuorum(quorum)).isTrue();
      assertThat(set.isQuorum(quorum - 1)).isFalse();
      assertThat(quorum).isLessThanOrEqualTo(n - set.maxFaulty());
      assertThat(2 * quorum - n).isGreaterThan(set.maxFaulty());
      if (n % 9 == 1) {
        assertThat(certificate(all, n, quorum, id).verify(set, TestKeys.CHAIN).isAccepted())
            .isTrue();
      }
      if (quorum > 1) {
        assertRejected(
            certificate(all, n, quorum - 1, id).verify(set, TestKeys.CHAIN),
            ConsensusCode.QUORUM_LOW);
      }
    }
  }

  private static CommitCertificate certificate(TestKeys all, int n, int signers, Hash32 id) {
    Statement statement = Statement.commit(1, 0, id);
    List<Integer> numbers = IntStream.range(0, signers).boxed().toList();
    List<EcdsaSignature> signatures =
        numbers.stream().map(i -> all.sign(i, statement.digest(TestKeys.CHAIN))).toList();
    return new CommitCertificate(1, 0, id, new SignatureList(n, numbers, signatures));
  }
}
