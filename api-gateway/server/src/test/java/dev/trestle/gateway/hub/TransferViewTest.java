package dev.trestle.gateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.record.TransferRecord.State;
import dev.trestle.sdk.Api;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransferViewTest {
  private static final ChainId BITCOIN = ChainId.parse("bip122:0f9188f13cb7b2c71f2a335e3a4fc328");
  private static final Hash32 HASH = Digests.sha256();

  @Test
  void aQueuedReleaseSaysWhatItWaitsFor() {
    Amount owed = Amount.of(50_000);
    Amount less = Amount.of(49_999);
    assertThat(TransferView.waitsFor(owed, false, less, false))
        .isEqualTo("coins: the sweep of a deposit or the change of a payout before it");
    assertThat(TransferView.waitsFor(owed, false, less, true)).contains("merged");
    assertThat(TransferView.waitsFor(owed, false, owed, true))
        .contains("its turn")
        .contains("limit");
    assertThat(TransferView.waitsFor(owed, true, Amount.ZERO, true))
        .isEqualTo("the end of a pause");
  }

  /** A deposit that is credited is not under way to the recipient before it is swept. */
  @ParameterizedTest
  @CsvSource({
    "OPEN, awaiting_deposit, active pending pending pending",
    "CREDITED, deposit_credited, done done active pending",
    "SENT, delivering, done done done active",
    "DELIVERED, settled, done done done done",
    "REFUNDABLE, refundable, done done done active",
    "EXPIRED, expired, pending pending pending pending",
    "TAKEN_BACK, taken_back, done done pending pending"
  })
  void statusAndStepsSayHowFarATransferIs(State state, String status, String steps) {
    TransferRecord record = record(state);
    assertThat(TransferView.status(record)).isEqualTo(status);
    assertThat(TransferView.steps(record, BITCOIN))
        .extracting(Api.TransferStep::name)
        .containsExactly("deposit", "proof", "sweep", "delivery");
    assertThat(
            TransferView.steps(record, BITCOIN).stream()
                .map(Api.TransferStep::state)
                .collect(Collectors.joining(" ")))
        .isEqualTo(steps);
  }

  private static TransferRecord record(State state) {
    TransferRecord open =
        new TransferRecord(
            SecretKey.of(HASH.bytes()).publicKey(),
            HASH,
            HASH,
            HASH,
            Amount.of(9),
            HASH,
            144,
            State.OPEN,
            3,
            1_700_086_400_000L,
            Optional.empty(),
            Optional.empty());
    if (state == State.OPEN || state == State.EXPIRED) {
      return open.with(state);
    }
    boolean unsent = state == State.CREDITED || state == State.TAKEN_BACK;
    TransferRecord.Deposit deposit =
        new TransferRecord.Deposit(HASH, 0, Amount.of(9), Amount.of(8), 5, Optional.empty());
    return open.with(state, Optional.of(unsent ? deposit : deposit.sent(HASH)), Optional.empty());
  }
}
