package dev.trestle.cli;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.TransactionPort;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.TransactionPort.TransactionStatus;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * The signed deposit of a transfer: its bytes in {@code <id>.hex}, with its transaction id in the
 * second line, and {@code <id>.sent} once a node has taken it.
 */
final class DepositFile {
  private final Path folder;
  private final Path kept;
  private final Path sent;

  DepositFile(Path folder, String transferId) {
    this.folder = folder;
    kept = folder.resolve(transferId + ".hex");
    sent = folder.resolve(transferId + ".sent");
  }

  /**
   * Sends the deposit; signed bytes are kept before they are sent, and a second run sends the same
   * ones again. Once it is out it may be credited in time, and whoever paid again elsewhere would
   * have paid twice: time is required only before that.
   *
   * @param requireTime throws when a deposit that is sent now would come too late
   * @param sign makes the deposit, if there is time for it
   */
  Hash32 send(TransactionPort port, Runnable requireTime, Supplier<SignedTransaction> sign)
      throws IOException {
    if (!Files.exists(kept)) {
      SignedTransaction deposit = sign.get();
      Files.createDirectories(folder);
      Wallet.write(kept, deposit.raw().toHex() + "\n" + deposit.id().toHex());
    } else if (!isOut(port)) {
      requireTime.run();
    }
    Hash32 id = await(port.broadcast(Bytes.fromHex(lines().getFirst())));
    if (!Files.exists(sent)) {
      Wallet.write(sent, id.toHex());
    }
    return id;
  }

  /** Also when a run before ended between the broadcast and the note of it. */
  private boolean isOut(TransactionPort port) throws IOException {
    List<String> lines = lines();
    return Files.exists(sent)
        || (lines.size() > 1
            && !(await(port.status(Hash32.fromHex(lines.get(1))))
                instanceof TransactionStatus.Unknown));
  }

  private List<String> lines() throws IOException {
    return Files.readString(kept).strip().lines().toList();
  }
}
