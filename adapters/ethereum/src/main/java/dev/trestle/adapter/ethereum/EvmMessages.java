package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.adapter.MessageSource;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Logs of a contract; the content is {@code EvmLog.encode()}. */
final class EvmMessages implements MessageSource {
  /** Blocks of one request to a node; public nodes refuse more. */
  private static final long STEP = 2_000;

  private final ChainReader chain;
  private final EvmTransactions transactions;
  private final ContractReader reader;

  EvmMessages(ChainReader chain, EvmTransactions transactions) {
    this.chain = chain;
    this.transactions = transactions;
    this.reader = new ContractReader(chain);
  }

  @Override
  public Future<List<SourceEvent>> replay(Bytes emitter, long fromHeight, long toHeight) {
    return Async.supply(
        () -> {
          if (fromHeight < 0 || toHeight < fromHeight) {
            throw new AdapterException(
                AdapterError.NOT_SUPPORTED, "blocks " + fromHeight + ".." + toHeight);
          }
          List<SourceEvent> events = new ArrayList<>();
          for (long from = fromHeight; from <= toHeight; from += STEP) {
            events.addAll(read(emitter, from, Math.min(toHeight, from + STEP - 1)));
          }
          return List.copyOf(events);
        });
  }

  @Override
  public Future<List<SourceEvent>> reobserve(Bytes emitter, Hash32 transactionId) {
    return Async.supply(
        () -> {
          Optional<EvmTransactions.Receipt> receipt = transactions.receipt(transactionId);
          if (receipt.isEmpty()) {
            return List.<SourceEvent>of();
          }
          long height = receipt.get().height();
          return read(emitter, height, height).stream()
              .filter(event -> event.transactionId().equals(transactionId))
              .toList();
        });
  }

  private List<SourceEvent> read(Bytes emitter, long from, long to) {
    List<ContractReader.LogEntry> logs = reader.logs(contract(emitter), from, to, List.of());
    TreeMap<Long, RawHeader> headers = new TreeMap<>();
    List<SourceEvent> events = new ArrayList<>();
    for (ContractReader.LogEntry entry : logs) {
      RawHeader header = headers.computeIfAbsent(entry.height(), chain::at);
      if (!header.ref().id().equals(entry.blockId())) {
        throw Json.malformed("the chain moved while it was read");
      }
      events.add(
          new SourceEvent(
              header.ref(), entry.transactionId(), entry.index(), emitter, entry.log().encode()));
    }
    return events;
  }

  static EvmAddress contract(Bytes emitter) {
    if (emitter.size() != EvmAddress.SIZE) {
      throw new AdapterException(AdapterError.INVALID_ADDRESS, "a contract has 20 bytes");
    }
    return new EvmAddress(emitter);
  }
}
