package dev.trestle.htlc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LegMarkTest {
  private static final Hash32 SPEND = Digests.sha256(Bytes.utf8("spend"));

  private static LegMark mark(LockSpend spend) {
    return LegMark.of(new HtlcObservation(1_000, 10, List.of(), Optional.of(spend)));
  }

  @Test
  void aSpendIsAClaimOrARefund() {
    assertThat(mark(new LockSpend.Claimed(SPEND, SPEND, 1, false)).claimed()).isTrue();
    LegMark refund = mark(new LockSpend.Refunded(SPEND, 6, true));
    assertThat(refund.claimed()).isFalse();
    assertThat(refund.spend()).isEqualTo(LegMark.Phase.FINAL);
  }

  /** As a refund it would end the swap of a payer whose coins the other side has. */
  @Test
  void aCooperativeSpendIsTakenForNeither() {
    assertThatThrownBy(() -> mark(new LockSpend.Cooperative(SPEND, 6, true)))
        .isInstanceOf(IllegalStateException.class);
  }
}
