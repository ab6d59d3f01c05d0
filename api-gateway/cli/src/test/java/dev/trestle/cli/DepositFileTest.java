package dev.trestle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.TransactionPort;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SecretKey;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A deposit is signed once, and time is required only until it is out. */
final class DepositFileTest implements TransactionPort {
  private static final Bytes RAW = Bytes.of(new byte[] {1, 2, 3});
  private static final Hash32 ID = Digests.sha256(RAW);

  @TempDir private Path folder = Path.of(".");
  private final List<Bytes> mempool = new ArrayList<>();
  private boolean isDown;
  private boolean isLate;
  private int signed;

  /** A refusal of the clock, as the SDK's. */
  private static final class TooLate extends RuntimeException {}

  private Hash32 send() throws IOException {
    return new DepositFile(folder.resolve("transfers"), "t1")
        .send(
            this,
            this::requireTime,
            () -> {
              requireTime();
              signed++;
              return new SignedTransaction(ID, RAW, Amount.of(1));
            });
  }

  private void requireTime() {
    if (isLate) {
      throw new TooLate();
    }
  }

  @Test
  void nothingIsSignedTooLate() {
    isLate = true;
    assertThatThrownBy(this::send).isInstanceOf(TooLate.class);
    assertThat(signed).isZero();
    assertThat(folder.resolve("transfers")).doesNotExist();
  }

  @Test
  void whatIsOutIsWaitedForToTheEnd() throws IOException {
    assertThat(send()).isEqualTo(ID);
    isLate = true;
    assertThat(send()).isEqualTo(ID);
    mempool.clear(); // forgotten by this node, not by others
    assertThat(send()).isEqualTo(ID);
    assertThat(mempool).containsExactly(RAW);
    assertThat(signed).isEqualTo(1);
  }

  @Test
  void whatWasSignedAndNeverSentMustComeInTime() throws IOException {
    isDown = true;
    assertThatThrownBy(this::send).isInstanceOf(AdapterException.class);
    isDown = false;
    isLate = true;
    assertThatThrownBy(this::send).isInstanceOf(TooLate.class);
    assertThat(mempool).isEmpty();
    isLate = false;
    assertThat(send()).isEqualTo(ID);
    assertThat(signed).isEqualTo(1);
  }

  /** The run before ended between the broadcast and its note. */
  @Test
  void whatTheChainKnowsIsOut() throws IOException {
    send();
    Files.delete(folder.resolve("transfers/t1.sent"));
    isLate = true;
    assertThat(send()).isEqualTo(ID);
    assertThat(folder.resolve("transfers/t1.sent")).exists();
  }

  @Override
  public Future<Hash32> broadcast(Bytes signedTransaction) {
    if (isDown) {
      return Future.failedFuture(new AdapterException(AdapterError.UNREACHABLE, "down"));
    }
    if (!mempool.contains(signedTransaction)) {
      mempool.add(signedTransaction);
    }
    return Future.succeededFuture(Digests.sha256(signedTransaction));
  }

  @Override
  public Future<TransactionStatus> status(Hash32 transactionId) {
    boolean known = mempool.stream().map(Digests::sha256).anyMatch(transactionId::equals);
    return Future.succeededFuture(
        known ? new TransactionStatus.Pending() : new TransactionStatus.Unknown());
  }

  // what sending does not ask for

  @Override
  public Future<Amount> balance(String address) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String address(SecretKey key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<SignedTransaction> preparePayment(SecretKey from, String toAddress, Amount amount) {
    throw new UnsupportedOperationException();
  }
}
