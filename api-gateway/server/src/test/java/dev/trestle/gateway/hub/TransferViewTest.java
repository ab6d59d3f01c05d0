package dev.trestle.gateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import org.junit.jupiter.api.Test;

class TransferViewTest {
  @Test
  void aQueuedReleaseSaysWhatItWaitsFor() {
    Amount owed = Amount.of(50_000);
    assertThat(TransferView.waitsFor(owed, false, Amount.of(49_999)))
        .isEqualTo("coins: the sweep of a deposit or the change of a payout before it");
    assertThat(TransferView.waitsFor(owed, false, owed)).contains("its turn").contains("limit");
    assertThat(TransferView.waitsFor(owed, true, Amount.ZERO)).isEqualTo("the end of a pause");
  }
}
