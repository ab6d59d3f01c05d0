package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HtlcBatchTest {
  private static final ChainId CHAIN = new ChainId("eip155", "1337");
  private static final AssetId COIN = AssetId.nativeCoin(CHAIN, 60);
  private static final EvmAddress CONTRACT =
      EvmAddress.fromHex("00000000000000000000000000000000000000cc");
  private static final Bytes CLAIMER = Bytes.fromHex("00000000000000000000000000000000000000c1");
  private static final Bytes REFUNDER = Bytes.fromHex("00000000000000000000000000000000000000f0");
  private static final long EXPIRY = 1_800_000_000L;

  private static Hash32 secret(int i) {
    return Digests.sha256(Bytes.utf8("secret " + i));
  }

  private static HtlcTerms terms(int i, Amount amount, Bytes refunder, long expiry) {
    return new HtlcTerms(
        COIN, amount, Digests.sha256(secret(i).bytes()), CLAIMER, refunder, expiry);
  }

  private static List<HtlcTerms> many(int n) {
    return IntStream.range(0, n)
        .mapToObj(i -> terms(i, Amount.of(100 + i), REFUNDER, EXPIRY))
        .toList();
  }

  private static Verdict<HtlcBatch> check(List<HtlcTerms> terms) {
    return HtlcBatch.of(terms, CHAIN, COIN, CONTRACT);
  }

  private static void assertRejected(ReasonCode reason, List<HtlcTerms> terms) {
    assertThat(check(terms))
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, rejected -> assertThat(rejected.reason()).isEqualTo(reason));
  }

  /** As in HtlcCallsTest: stored swaps hold these. */
  @Test
  void goldenBytes() throws IOException {
    HtlcBatch batch = check(many(3)).orThrow();
    String actual =
        String.join(
            "\n",
            "batch id " + batch.batchId(),
            "key of 2 " + batch.key(2),
            "deposit key of 0 " + new HtlcPlace.Deposit().key(batch.locks().get(0).lockId()),
            "lock " + batch.lock().toHex(),
            "claim 0 and 2 "
                + batch.claim(new TreeMap<>(Map.of(0, secret(0), 2, secret(2)))).toHex(),
            "refund " + batch.refund().toHex(),
            "");
    try (InputStream golden = getClass().getResourceAsStream("/golden/htlc-batch-v1.txt")) {
      assertThat(golden).as("should be:%n%s", actual).isNotNull();
      assertThat(actual).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void rejectsWhatTheContractCannotKeepTogether() {
    assertRejected(AdapterError.NOT_SUPPORTED, List.of());
    assertRejected(AdapterError.NOT_SUPPORTED, many(129));
    HtlcTerms first = many(1).getFirst();
    Amount most = new Amount(BigInteger.TWO.pow(96).subtract(BigInteger.ONE));
    assertThat(check(List.of(first, terms(1, most, REFUNDER, EXPIRY))).isAccepted()).isTrue();
    Amount more = new Amount(BigInteger.TWO.pow(96));
    assertRejected(AdapterError.INVALID_AMOUNT, List.of(first, terms(1, more, REFUNDER, EXPIRY)));
    assertRejected(
        AdapterError.INVALID_AMOUNT, List.of(first, terms(1, Amount.ZERO, REFUNDER, EXPIRY)));
    assertRejected(
        AdapterError.NOT_SUPPORTED, List.of(first, terms(1, Amount.of(1), REFUNDER, EXPIRY + 1)));
    assertRejected(
        AdapterError.NOT_SUPPORTED, List.of(first, terms(1, Amount.of(1), CLAIMER, EXPIRY)));
  }

  @Test
  void claimsOnlyWithTheRightPreimages() {
    HtlcBatch batch = check(many(3)).orThrow();
    for (Map<Integer, Hash32> wrong :
        List.<Map<Integer, Hash32>>of(
            Map.of(), Map.of(0, secret(1)), Map.of(3, secret(3)), Map.of(-1, secret(0)))) {
      assertThatThrownBy(() -> batch.claim(new TreeMap<>(wrong)))
          .isInstanceOf(AdapterException.class);
    }
  }

  /** A path leads to the batch id from every place, and to another from anywhere else. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 32, 127, 128})
  void everyPathLeadsToTheBatch(int n) {
    HtlcBatch batch = check(many(n)).orThrow();
    for (int i = 0; i < n; i++) {
      HtlcPlace.Leaf place = batch.place(i);
      assertThat(place.siblings()).hasSize(32 - Integer.numberOfLeadingZeros(n - 1));
      Hash32 node = batch.locks().get(i).lockId();
      assertThat(place.key(node)).isEqualTo(batch.key(i));
      int at = i;
      for (Hash32 sibling : place.siblings()) {
        node = at % 2 == 0 ? HtlcBatch.pair(node, sibling) : HtlcBatch.pair(sibling, node);
        at /= 2;
      }
      assertThat(HtlcBatch.pair(node, HtlcBatch.word(n))).isEqualTo(batch.batchId());
    }
  }
}
