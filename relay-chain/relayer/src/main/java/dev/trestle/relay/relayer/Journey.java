package dev.trestle.relay.relayer;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.PacketPort;
import dev.trestle.base.Bytes;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.record.PacketRecord;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A packet and the contract it is for, on a chain that this process can ask. */
record Journey(PacketRecord record, ChainAdapter adapter, PacketPort port) {
  /**
   * Journeys of the packets that {@code wanted} takes. Lower sequences come first, so that on an
   * ordered lane one run can do several.
   */
  static List<Journey> all(LedgerView view, ChainDirectory chains, Predicate<PacketRecord> wanted) {
    List<PacketRecord> records =
        Duty.<PacketRecord>all(
            (after, limit) -> view.packets(after.map(last -> last.packet().id()), limit));
    return records.stream()
        .filter(wanted)
        .sorted(Comparator.comparingLong(each -> each.packet().sequence()))
        .flatMap(each -> of(each, chains).stream())
        .toList();
  }

  private static Optional<Journey> of(PacketRecord record, ChainDirectory chains) {
    return chains
        .adapter(record.packet().lane().destination())
        .flatMap(adapter -> adapter.packets().map(port -> new Journey(record, adapter, port)));
  }

  Packet packet() {
    return record.packet();
  }

  Bytes contract() {
    return packet().lane().destinationApp();
  }

  boolean expires() {
    return !packet().timeout().equals(Packet.Timeout.NEVER);
  }

  /** Whether the contract answers it without effect once it is late, so that its lane goes on. */
  static boolean mayBeLate(Packet packet) {
    return packet.lane().ordering() == Lane.Ordering.ORDERED_ALLOW_TIMEOUT;
  }

  /** Asks the contract; blocks. */
  boolean isDelivered() {
    return await(port.isDelivered(contract(), packet().id()));
  }
}
